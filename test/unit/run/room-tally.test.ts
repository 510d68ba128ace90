import { expect } from "chai";
import { RoomTally } from "../../../agent/run/room-tally.ts";
import { aCondition } from "../../support/explain-facts.ts";
import { aVerifiedRoom } from "../../support/a-verified-room.ts";
import type { Room } from "../../../agent/room/room.ts";
import { createMetrics } from "../../../agent/telemetry/metrics.ts";
import type { Reason } from "../../../agent/status/reasons.ts";

const START = Date.parse("2026-01-01T00:00:00.000Z");

const notReady = (given: Partial<Room> = {}): Room =>
  aVerifiedRoom({ conditions: [aCondition({ reason: "SpecInvalid" })], ...given });

describe("RoomTally", () => {
  let tally: RoomTally;
  let nowMs = START;

  beforeEach(() => {
    nowMs = START;
    tally = new RoomTally(new Set(["specs"]), { nowMs: () => nowMs });
  });

  const groups = () =>
    tally
      .counts()
      .groups.map(({ source, ready, reason, rooms }) => `${source} ${ready} ${reason} ${rooms}`)
      .sort();

  it("counts a room once however often it is written", () => {
    tally.note(aVerifiedRoom({ roomId: "a" }));
    tally.note(aVerifiedRoom({ roomId: "a" }));
    tally.note(notReady({ roomId: "b" }));
    tally.note(notReady({ roomId: "c" }));
    expect(groups()).to.deep.equal(["specs False SpecInvalid 2", "specs True Converged 1"]);
    tally.note(aVerifiedRoom({ roomId: "b" }));
    tally.note(aVerifiedRoom({ roomId: "c" }));
    expect(groups()).to.deep.equal(["specs True Converged 3"]);
    tally.forget("a");
    tally.forget("unknown");
    expect(groups()).to.deep.equal(["specs True Converged 2"]);
  });

  it("counts rooms of sources that are not configured, posted rooms and unknown reasons under fixed labels", () => {
    tally.note(notReady({ roomId: "a", owner: { kind: "git", source: "old", path: "p" } }));
    tally.note(notReady({ roomId: "b", owner: { kind: "api" } }));
    tally.note(
      notReady({ roomId: "c", conditions: [aCondition({ reason: "made-up" as Reason })] }),
    );
    tally.note(notReady({ roomId: "d", conditions: [] }));
    expect(groups()).to.deep.equal([
      "api False SpecInvalid 1",
      "none False SpecInvalid 1",
      "specs False other 1",
      "specs Unknown NotYetReconciled 1",
    ]);
  });

  it("counts rooms by the reasons of their warnings, each room once", () => {
    const message = "odd";
    const odd = { reason: "SpecWarning", message } as const;
    tally.note(aVerifiedRoom({ roomId: "a", warnings: [odd, { ...odd, message: "odder" }] }));
    tally.note(aVerifiedRoom({ roomId: "b", warnings: [{ reason: "PlanChanged", message }, odd] }));
    tally.note(aVerifiedRoom({ roomId: "c", warnings: [{ reason: "DriftOff", message }] }));
    const none = { Overridden: 0, SpecVersionReused: 0, SpecVersionReverted: 0 };
    expect(tally.counts().warned).to.deep.equal({ ...none, PlanChanged: 1, SpecWarning: 2 });
    tally.note(aVerifiedRoom({ roomId: "b" }));
    tally.forget("a");
    expect(tally.counts().warned).to.deep.equal({ ...none, PlanChanged: 0, SpecWarning: 0 });
  });

  for (const reason of ["DryRun", "SyncWindowClosed"] as const)
    it(`does not measure how long a room is not ready that was asked for (${reason}), until it is not ready for something else`, () => {
      const asked = notReady({ conditions: [aCondition({ reason })] });
      const { conditions } = notReady();
      tally.note(asked);
      nowMs += 8 * 3_600_000;
      expect(tally.counts().oldestNotReadyMs).to.equal(0);
      tally.note({ ...asked, conditions });
      nowMs += 5000;
      tally.note({ ...asked, conditions });
      expect(tally.counts().oldestNotReadyMs).to.equal(5000);
      tally.note(asked);
      expect(tally.counts().oldestNotReadyMs).to.equal(0);
    });

  it("measures from when the oldest room stopped being ready, and leaves out orphans", () => {
    tally.note(notReady({ roomId: "a" }));
    tally.note(
      notReady({
        roomId: "b",
        conditions: [aCondition({ lastTransitionTime: "2025-12-31T23:59:00.000Z" })],
      }),
    );
    tally.note(
      notReady({
        roomId: "c",
        owner: null,
        conditions: [aCondition({ lastTransitionTime: "2025-01-01T00:00:00.000Z" })],
      }),
    );
    nowMs = START + 1000;
    expect(tally.counts()).to.include({ oldestNotReadyMs: 61_000, orphaned: 1 });
    tally.note(aVerifiedRoom({ roomId: "b" }));
    expect(tally.counts().oldestNotReadyMs).to.equal(1000);
    tally.note(aVerifiedRoom({ roomId: "a" }));
    expect(tally.counts().oldestNotReadyMs).to.equal(0);
  });

  it("keeps the time at which a room without conditions was first seen", () => {
    tally.note(notReady({ roomId: "a", conditions: [] }));
    nowMs = START + 5000;
    tally.note(notReady({ roomId: "a", conditions: [] }));
    expect(tally.counts().oldestNotReadyMs).to.equal(5000);
  });

  it("does not report a negative age when the clock goes back", () => {
    tally.note(notReady({ roomId: "a" }));
    nowMs = START - 5000;
    expect(tally.counts().oldestNotReadyMs).to.equal(0);
  });

  it("counts rooms by condition", () => {
    const types = ["AwaitingConfirm", "Contested", "PartlyManaged"];
    for (const type of types)
      tally.note(
        notReady({
          roomId: type,
          conditions: [
            { ...aCondition({ status: "True" }), type: type as "AwaitingConfirm" },
            aCondition({}),
          ],
        }),
      );
    expect(tally.counts()).to.include({ awaitingConfirm: 1, contested: 1, partlyManaged: 1 });
    // Not ready, and the agent does not continue by itself: each of them.
    expect(tally.counts().needsPerson).to.equal(3);
  });

  it("leaves a series at 0 when its last room is gone", async () => {
    const metrics = createMetrics({
      version: "1",
      sources: ["specs"],
      guardrails: [],
      process: false,
    });
    metrics.countRooms(() => tally.counts());
    tally.note(notReady({ roomId: "a" }));
    const series = 'room_operator_rooms{source="specs",ready="False",reason="SpecInvalid"}';
    expect((await metrics.render()).body).to.include(`${series} 1`);
    tally.forget("a");
    expect((await metrics.render()).body).to.include(`${series} 0`);
    metrics.close();
  });
});
