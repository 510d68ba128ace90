import { expect } from "chai";
import { AgentLog } from "../../../bench/support/agent-log.ts";
import { pollsOf } from "../../../bench/support/git-requests.ts";

const line = (fields: Record<string, string>) => `${JSON.stringify(fields)}\n`;

describe("what the benchmarks read in an agent's log", () => {
  it("is each room once, and the newest head", () => {
    const log = new AgentLog();
    for (const head of ["a", "b"]) log.take(line({ message: "ingested new revision", head }));
    for (const room of ["R-1", "R-2", "R-1"]) {
      log.take(line({ message: "pass ended", outcome: "converged", room }));
    }
    log.take(line({ message: "pass ended", outcome: "refused", room: "R-3" }));
    expect(log).to.deep.include({ head: "b", trouble: null });
    expect([...log.verified]).to.deep.equal(["R-1", "R-2"]);
    expect(log.lastVerifiedAtMs).to.be.at.least(log.headAtMs ?? Infinity);
  });

  it("may come in parts that end within a line", () => {
    const log = new AgentLog();
    const text = line({ message: "ingested new revision", head: "a" });
    expect([log.take(text.slice(0, 9)), log.take(text.slice(9))]).to.deep.equal([false, true]);
    expect(log.head).to.equal("a");
  });

  it("is news only where somebody may wait for it", () => {
    const log = new AgentLog();
    expect(log.take(line({ message: "agent started" }))).to.equal(false);
    expect(log.take(line({ message: "pass ended", outcome: "refused", room: "R-3" }))).to.equal(
      true,
    );
  });

  it("is a failure for good, the first of them", () => {
    const log = new AgentLog();
    log.take(line({ message: "source failed", detail: "Timeout" }));
    log.take(line({ message: "pass failed", detail: "later" }));
    log.reset();
    expect(log.trouble).to.equal("source failed: Timeout");
  });
});

describe("polls of a client", () => {
  const at = (...starts: readonly number[]) =>
    starts.map((startedAtMs) => ({
      kind: "refs" as const,
      startedAtMs,
      endedAtMs: startedAtMs + 20,
      bytesIn: 0,
      bytesOut: 0,
      client: "git",
    }));

  for (const [requests, polls] of [
    [[], 0],
    [[0], 1],
    [[0, 25, 60], 1],
    [[0, 25, 1000, 1030, 2010], 3],
  ] as const) {
    it(`are ${polls} for requests at ${requests.join(", ") || "no time"}`, () => {
      expect(pollsOf(at(...requests))).to.equal(polls);
    });
  }
});
