import { setImmediate } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { freeMemory } from "../../../agent/kernel/free-memory.ts";

describe("freeMemory", () => {
  /** Collected as soon as somebody collects: nothing else refers to it. */
  function garbage(): WeakRef<object> {
    return new WeakRef({ some: "garbage" });
  }

  it("collects what is not used, each time", async () => {
    for (const time of ["first", "second"]) {
      const left = garbage();
      // Until its turn is over, it is kept.
      await setImmediate();
      freeMemory();
      expect(left.deref(), time).to.equal(undefined);
    }
  });

  it("leaves the flags as they were", () => {
    freeMemory();
    expect(runInNewContext("typeof gc")).to.equal("undefined");
  });
});
