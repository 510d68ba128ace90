import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import { countCycles, verifying } from "../../faults/cycle-count.ts";

const call = (atMs: number, correlationId: string | null, room = "room-a") => ({
  atMs,
  correlationId,
  line: `GET /room/${room}/state HTTP/1.1`,
});

const poll = (atMs: number) => ({ atMs, command: "ls-refs" as const });

describe("countCycles", () => {
  it("counts polls and passes between two moments, however many calls a pass makes", () => {
    const counted = countCycles({
      git: [poll(1), poll(10), { atMs: 11, command: "fetch" }, poll(20), poll(31)],
      roomServer: [call(10, "p1"), call(11, "p1"), call(20, "p2"), call(31, "p3")],
      room: "room-a",
      sinceMs: 10,
      untilMs: 30,
    });
    expect(counted).to.deep.equal({ polls: 2, passes: 2 });
  });

  it("leaves out a pass that began before, passes over other rooms, and calls of others", () => {
    const counted = countCycles({
      git: [],
      roomServer: [call(9, "p1"), call(11, "p1"), call(12, "p2", "room-b"), call(13, null)],
      room: "room-a",
      sinceMs: 10,
    });
    expect(counted).to.deep.equal({ polls: 0, passes: 0 });
  });
});

describe("verifying", () => {
  const record = (action: string, revision: string, correlationId: string): AuditRecord => ({
    type: "event",
    action,
    correlationId,
    timestamp: "2026-11-26T10:00:00.000Z",
    operatorVersion: "0.1.0",
    specVersion: 1,
    metadata: { revision },
  });

  it("is the first pass that found it so, not one that found it again", () => {
    const audit = [record("room.converged", "r1", "a"), record("room.converged", "r1", "b")];
    expect(verifying(audit, "r1")?.correlationId).to.equal("a");
    expect(verifying(audit, "r2")).to.equal(undefined);
  });

  it("comes after the last pass that said otherwise", () => {
    const audit = [
      record("room.converged", "r1", "a"),
      record("room.failed", "r1", "b"),
      record("entity.joined", "r1", "c"),
      record("room.converged", "r1", "c"),
    ];
    expect(verifying(audit, "r1")?.correlationId).to.equal("c");
  });
});
