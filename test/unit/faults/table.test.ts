import { expect } from "chai";
import type { FaultCase } from "../../faults/fault-case.ts";
import type { RunEnd } from "../../faults/run-cases.ts";
import { inShort, toCounts, toLines, toTable } from "../../faults/table.ts";

const fault = (id: string, withinCycles: number | null): FaultCase => ({
  id,
  title: "something is down",
  withinCycles,
  run: () => Promise.reject(new Error("not run here")),
});

function end(of: FaultCase, seed: number, cycles: number | null, problem: string | null): RunEnd {
  const report = problem === null ? { cycles, invariants: ["I1", "I2", "I4"] } : null;
  const counts = new Map([["kills", 2]]);
  return { run: { fault: of, variant: "", seed }, report, problem, counts, logs: null, ms: 1500 };
}

describe("table of faults", () => {
  it("has a line for each case, with its slowest run and what was checked", () => {
    const down = fault("G1", 2);
    const [line] = toLines([end(down, 1, 1, null), end(down, 2, 2, null)]);
    expect(line).to.include({
      fault: "G1 something is down",
      runs: "2",
      seeds: "1 2",
      outcome: "held",
      cycles: "2 ≤ 2",
      invariants: "I1–I2 I4",
      seconds: "3.0",
    });
  });

  it("calls a case failed of which one run failed, and says how many held", () => {
    const down = fault("G1", 2);
    const [line] = toLines([end(down, 1, 1, null), end(down, 2, null, "no")]);
    expect(line).to.include({ runs: "1 of 2", outcome: "FAILED", cycles: "1 ≤ 2" });
  });

  it("has columns that begin under their heads", () => {
    const lines = toLines([
      end(fault("G1", null), 1, null, null),
      end(fault("R10", 2), 1, 1, null),
    ]);
    const [head = "", rule = "", first = "", second = ""] = toTable(lines).split("\n");
    const at = head.indexOf("outcome");
    expect(rule.slice(at, at + 7)).to.equal("-------");
    expect([first, second].map((text) => text.slice(at, at + 4))).to.deep.equal(["held", "held"]);
  });

  it("adds up what the runs counted", () => {
    const down = fault("P1", 2);
    expect(toCounts([end(down, 1, 1, null), end(down, 2, 1, null)])).to.equal("kills 4");
    expect(toCounts([])).to.equal("");
  });

  it("writes numbers that follow each other as a range", () => {
    expect(inShort(["I3", "I1", "I2", "I10", "I3"])).to.equal("I1–I3 I10");
    expect(inShort([])).to.equal("-");
  });
});
