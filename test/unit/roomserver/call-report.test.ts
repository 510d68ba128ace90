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

  it("is about a room while calls about others are answered", async () => {
    report.note(null);
    await clock.advance(59_999);
    report.note(DOWN);
    expect(report.health).to.deep.equal({
      ok: false,
      reason: "RoomServerUnavailable",
      message: DOWN.message,
    });
    report.note(null);
    expect(report.health).to.deep.equal({ ok: true, message: "" });
  });

  it("is about all rooms once no call was answered for a minute, and until one is", async () => {
    report.note(null);
    await clock.advance(30_000);
    report.note(DOWN);
    await clock.advance(30_000);
    expect(report.health).to.include({ ok: false, isForAll: true });
    report.note(null);
    report.note(DOWN);
    expect(report.health).to.not.have.property("isForAll");
  });

  it("is about all rooms where the agent never had an answer", () => {
    report.note({ kind: "unauthorized", status: 401, message: "401" });
    expect(report.health).to.include({ reason: "Unauthorized", isForAll: true });
  });

  it("is about none of them where nothing was asked since the last answer", async () => {
    report.note(null);
    await clock.advance(3_600_000);
    expect(report.health).to.deep.equal({ ok: true, message: "" });
  });
});
