import { expect } from "chai";
import { ServerReport } from "../../../agent/roomserver/call-report.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const DOWN = { kind: "unavailable", maybeDone: false, message: "the server answered 503" } as const;

describe("what calls say of the RoomServer", () => {
  let clock: FakeClock;
  let report: ServerReport;
  beforeEach(() => {
    clock = new FakeClock();
    report = new ServerReport(clock);
  });

  it("is nothing before the first", () => {
    expect(report.health).to.equal(null);
  });

  it("is the failure of a room until a call about the room is answered, whatever calls about others say", () => {
    report.note(null, "a");
    report.note(DOWN, "b");
    report.note(null, "a");
    const failed = { ok: false, reason: "RoomServerUnavailable", message: DOWN.message };
    expect(report.health).to.deep.equal(failed);
    report.note(null, "b");
    expect(report.health).to.deep.equal({ ok: true, message: "" });
  });

  it("is the newest failure of several", () => {
    report.note(DOWN, "a");
    report.note({ kind: "unauthorized", status: 401, message: "401" }, "b");
    expect(report.health).to.include({ reason: "Unauthorized", message: "401" });
    report.note(DOWN, "a");
    expect(report.health).to.include({ reason: "RoomServerUnavailable", failing: 2 });
  });

  it("is an outage once calls about several rooms fail and none was answered for a minute", async () => {
    report.note(null, "a");
    await clock.advance(60_000);
    report.note(DOWN, "a");
    expect(report.health, "one room").to.not.have.property("isOutage");
    report.note(DOWN, "b");
    expect(report.health).to.include({ ok: false, isOutage: true });
    report.note(null, "b");
    report.note(DOWN, "b");
    expect(report.health, "less than a minute").to.not.have.property("isOutage");
  });

  it("is no outage in the first minute of an agent", async () => {
    for (const room of ["a", "b"]) report.note(DOWN, room);
    await clock.advance(59_999);
    expect(report.health).to.not.have.property("isOutage");
    await clock.advance(1);
    expect(report.health).to.have.property("isOutage", true);
  });

  it("forgets a room that is not looked at any more", async () => {
    report.note(DOWN, "a");
    await clock.advance(300_000);
    report.note(DOWN, "b");
    await clock.advance(299_999);
    expect(report.health).to.include({ ok: false });
    report.note(null, "b");
    await clock.advance(1);
    expect(report.health).to.include({ ok: true });
  });

  describe("once it serves a room again", () => {
    let served: (readonly string[])[];
    beforeEach(() => {
      served = [];
      report.onServed((roomIds) => served.push(roomIds));
    });

    it("names the rooms that failed in an outage of a minute, once", async () => {
      report.note(null, "a");
      for (const room of ["a", "b", "c"]) report.note(DOWN, room);
      await clock.advance(60_000);
      report.note(null, "b");
      report.note(null, "b");
      expect(served).to.deep.equal([["a", "c"]]);
    });

    it("names them where it was down when the agent started", async () => {
      for (const room of ["a", "b"]) report.note(DOWN, room);
      await clock.advance(60_000);
      report.note(null, "b");
      expect(served).to.deep.equal([["a"]]);
    });

    it("names several rooms that failed in an outage of ten seconds, at most once in a minute", async () => {
      report.note(null, "a");
      for (const room of ["a", "b", "c"]) report.note(DOWN, room);
      await clock.advance(9_999);
      report.note(null, "a");
      expect(served, "less").to.deep.equal([]);
      for (const room of ["a", "b"]) report.note(DOWN, room);
      await clock.advance(10_000);
      report.note(null, "b");
      expect(served).to.deep.equal([["c", "a"]]);
      for (const after of [49_999, 10_001]) {
        for (const room of ["a", "c"]) report.note(DOWN, room);
        await clock.advance(after);
        report.note(null, "b");
      }
      expect(served, "again").to.deep.equal([
        ["c", "a"],
        ["a", "c"],
      ]);
    });

    it("names none where rooms failed before the last answer alone", async () => {
      for (const room of ["a", "b"]) report.note(DOWN, room);
      await clock.advance(1);
      report.note(null, "c");
      await clock.advance(59_999);
      report.note(null, "c");
      expect(served).to.deep.equal([]);
    });

    it("names none after less than a minute where one room failed, nor where no call failed", async () => {
      report.note(null, "a");
      report.note(DOWN, "a");
      await clock.advance(59_999);
      report.note(null, "b");
      report.note(null, "a");
      await clock.advance(3_600_000);
      report.note(null, "b");
      expect(served).to.deep.equal([]);
    });

    it("leaves a room alone that it asked to come later", async () => {
      report.note(null, "a");
      report.note({ ...DOWN, retryAfterMs: 120_000 }, "a");
      report.note(DOWN, "b");
      await clock.advance(60_000);
      report.note(null, "c");
      expect(served).to.deep.equal([["b"]]);
    });
  });
});
