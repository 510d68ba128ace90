import { expect } from "chai";
import { countCycles } from "../../faults/cycle-count.ts";

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
