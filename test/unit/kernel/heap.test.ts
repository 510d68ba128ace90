import { execFileSync } from "node:child_process";
import { setImmediate } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { systemHeap } from "../../../agent/kernel/heap.ts";

describe("the heap", () => {
  /** Collected as soon as somebody collects: nothing else refers to it. */
  function garbage(): WeakRef<object> {
    return new WeakRef({ some: "garbage" });
  }

  it("collects what is not used, each time", async () => {
    for (const time of ["first", "second"]) {
      const left = garbage();
      // Until its turn is over, it is kept.
      await setImmediate();
      systemHeap.free();
      expect(left.deref(), time).to.equal(undefined);
    }
  });

  it("leaves the flags as they were", () => {
    systemHeap.free();
    expect(runInNewContext("typeof gc")).to.equal("undefined");
  });

  it("grows slowly by a flag that V8 has", () => {
    const v8 = process.getBuiltinModule("node:v8");
    const { setFlagsFromString } = v8;
    const set: string[] = [];
    v8.setFlagsFromString = (flag) => set.push(flag);
    try {
      systemHeap.growSlowly();
    } finally {
      v8.setFlagsFromString = setFlagsFromString;
    }
    expect(set).to.deep.equal(["--heap-growing-percent=60"]);
    const known = execFileSync(process.execPath, ["--v8-options"], { encoding: "utf8" });
    expect(known).to.match(/--heap-growing-percent \(specifies heap growing factor/);
  });
});
