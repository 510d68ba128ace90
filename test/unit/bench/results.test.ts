import { expect } from "chai";
import { renderResults } from "../../../bench/support/results-page.ts";
import { benchResults, endedRun, rowsOf, withOutcome } from "../../../bench/support/results.ts";
import type { BenchRun, Outcome } from "../../../bench/support/results.ts";
import type { RowKind } from "../../../bench/support/row.ts";

const KINDS: readonly RowKind[] = [
  { what: "requests", unit: "", atMost: 1 },
  { what: "bytes", unit: "B", atMost: 1000 },
];

const POLL = { name: "idle-poll", rows: () => KINDS };
const START = { name: "start", rows: () => [{ what: "start", unit: "s" } as const] };

function aRun(startedAt: string, more: Partial<BenchRun> = {}): BenchRun {
  return {
    startedAt,
    command: "npm run bench -- --write",
    quick: false,
    machine: {
      cpu: "Xeon",
      threads: 2,
      memoryGb: 24,
      system: "Linux 6.1",
      node: "24.21.0",
      git: "2.39.5",
    },
    loadBefore: 0.4,
    loadAfter: 1.25,
    ...more,
  };
}

const FIRST = aRun("2026-11-29T19:30:00.000Z");
const SECOND = aRun("2026-11-30T07:00:00.000Z", { quick: true });

function figures(requests: number, bytes: number): Outcome {
  return {
    kind: "measured",
    figures: [
      { what: "requests", value: requests },
      { what: "bytes", value: bytes },
    ],
  };
}

describe("results of the benchmarks", () => {
  it("adds what the same run measures again", () => {
    const at = { name: "idle-poll", run: FIRST };
    const results = withOutcome(withOutcome({}, at, figures(1, 700)), at, figures(1, 900));
    const [, bytes] = rowsOf(KINDS, results["idle-poll"]);
    expect(bytes?.figure).to.equal("700 B [700 B to 900 B]");
    expect(benchResults.parse(JSON.parse(JSON.stringify(results)))).to.deep.equal(results);
  });

  it("replaces what an older run measured, and keeps other benchmarks", () => {
    const before = withOutcome({}, { name: "idle-poll", run: FIRST }, figures(3, 2800));
    const other = withOutcome(before, { name: "start", run: FIRST }, figures(1, 1));
    const after = withOutcome(other, { name: "idle-poll", run: SECOND }, figures(1, 700));
    expect(after["idle-poll"]?.times).to.deep.equal([figuresOf(figures(1, 700))]);
    expect(after["start"]).to.equal(other["start"]);
  });

  it("remembers a failure next to what was measured, once", () => {
    const at = { name: "idle-poll", run: FIRST };
    const failed: Outcome = { kind: "failed", why: "the agent ended" };
    const results = [figures(1, 700), failed, failed].reduce(
      (all, outcome) => withOutcome(all, at, outcome),
      {},
    );
    expect(results).to.have.nested.property("idle-poll.times.length", 1);
    expect(results).to.have.deep.nested.property("idle-poll.problems", ["failed: the agent ended"]);
  });

  it("leaves out a figure whose row was renamed, and shows the row without one", () => {
    const results = withOutcome({}, { name: "idle-poll", run: FIRST }, figures(1, 700));
    const renamed: readonly RowKind[] = [{ what: "bytes both ways", unit: "B" }];
    const rows = rowsOf(renamed, results["idle-poll"]);
    expect(rows.map(({ what, figure }) => [what, figure])).to.deep.equal([
      ["bytes both ways", "not measured"],
    ]);
  });

  it("writes runs, all rows and what was not measured", () => {
    let results = withOutcome({}, { name: "idle-poll", run: SECOND }, figures(1, 1200));
    results = withOutcome(
      results,
      { name: "start", run: FIRST },
      { kind: "skipped", why: "no agent" },
    );
    const page = renderResults([START, POLL], endedRun(results, 2));
    expect(page.split("\n")).to.deep.equal([
      "1. 2026-11-29 19:30 UTC, `npm run bench -- --write`: Xeon, 2 threads, 24 GB, Linux 6.1, Node 24.21.0, git 2.39.5; load average 0.40 before, 2.00 after",
      "2. 2026-11-30 07:00 UTC, `npm run bench -- --write` (smaller sizes): Xeon, 2 threads, 24 GB, Linux 6.1, Node 24.21.0, git 2.39.5; load average 0.40 before, 2.00 after",
      "",
      "1 of 2 measured targets are met. Not met:",
      "",
      "- `idle-poll` bytes",
      "",
      "| bench | what | figure | target | ratio | met | run |",
      "|---|---|---|---|---|---|---|",
      "| `start` | start | not measured |  |  | - | 1 |",
      "| `idle-poll` | requests | 1.00 | ≤ 1 |  | yes | 2 |",
      "| `idle-poll` | bytes | 1,200 B | ≤ 1,000 B |  | **no** | 2 |",
      "",
      "Not measured, or not each time:",
      "",
      "- `start` skipped: no agent",
      "",
    ]);
  });

  it("says so where no run was written", () => {
    expect(renderResults([POLL], {})).to.match(/^No run was written yet\.\n/);
  });
});

function figuresOf(outcome: Outcome): unknown {
  return outcome.kind === "measured" ? outcome.figures : [];
}
