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

  for (const [way, flag, described] of [
    [
      "growSlowly",
      "--heap-growing-percent=60",
      /--heap-growing-percent \(specifies heap growing factor/,
    ],
    ["collectAlone", "--no-parallel-scavenge", /--parallel-scavenge \(parallel scavenge\)/],
  ] as const)
    it(`has a flag of V8 for ${way}`, () => {
      const v8 = process.getBuiltinModule("node:v8");
      const { setFlagsFromString } = v8;
      const set: string[] = [];
      v8.setFlagsFromString = (one) => set.push(one);
      try {
        systemHeap[way]();
      } finally {
        v8.setFlagsFromString = setFlagsFromString;
      }
      expect(set).to.deep.equal([flag]);
      const known = execFileSync(process.execPath, ["--v8-options"], { encoding: "utf8" });
      expect(known).to.match(described);
    });
});
