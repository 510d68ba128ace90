import { expect } from "chai";
import { syncStateOf } from "../../../agent/api/sync-state.ts";
import { aVerifiedRoom, aReadySource, theInputs } from "../../support/a-verified-room.ts";
import type { Reason } from "../../../agent/status/reasons.ts";

const OLD = `main@sha1:${"0".repeat(40)}`;
const NEW = `main@sha1:${"a".repeat(40)}`;
const source = aReadySource({ syncedRevision: OLD });
const newer = theInputs({ digest: "e".repeat(64) });

describe("syncStateOf", () => {
  it("is synced at the observed revision when every room is verified at its newest inputs", () => {
    expect(
      syncStateOf(source, [aVerifiedRoom(), aVerifiedRoom({ roomId: "lab-02" })]),
    ).to.deep.equal({
      observedRevision: NEW,
      syncedRevision: NEW,
      heldBackBy: [],
    });
  });

  it("is synced when there is no room", () => {
    expect(syncStateOf(source, [])).to.include({ syncedRevision: NEW });
  });

  it("is synced at an older revision while a room that came to it at a head that was synced holds it back", () => {
    const room = aVerifiedRoom({ head: newer });
    const at = (syncedBefore?: string) =>
      syncStateOf(
        aReadySource({
          syncedRevision: NEW,
          ...(syncedBefore === undefined ? {} : { syncedBefore }),
        }),
        [room],
      ).syncedRevision;
    expect(at(OLD)).to.equal(OLD);
    expect(at(), "none is known").to.equal(null);
  });

  it("says nothing before the first snapshot", () => {
    expect(syncStateOf(aReadySource({ observedHead: null }), [])).to.deep.equal({
      observedRevision: null,
      syncedRevision: null,
      heldBackBy: [],
    });
  });

  const held = (reason: Reason) => ({
    type: "AwaitingConfirm" as const,
    status: "True" as const,
    reason,
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00.000Z",
  });
  const problem = { reason: "SpecInvalid" as const, message: "", revision: NEW };
  for (const { name, room, reason } of [
    {
      name: "a room that is refused, by its top condition",
      room: aVerifiedRoom({ head: newer, conditions: [held("ChangeThresholdExceeded")] }),
      reason: "ChangeThresholdExceeded",
    },
    {
      name: "a room whose newest spec may not be used, though it was verified before",
      room: aVerifiedRoom({ headProblem: problem }),
      reason: "SpecInvalid",
    },
    {
      name: "a room that never had a valid spec",
      room: aVerifiedRoom({ head: null, verified: null, headProblem: problem }),
      reason: "SpecInvalid",
    },
    {
      name: "a room in a dry run, whatever it would be refused",
      room: aVerifiedRoom({
        head: newer,
        conditions: [held("ChangeThresholdExceeded")],
        dryRun: { commit: "c" },
      }),
      reason: "DryRun",
    },
    {
      name: "a room that a posted spec has taken from it, though it is verified",
      room: aVerifiedRoom({ overridden: true }),
      reason: "Overridden",
    },
    {
      name: "a room no pass has seen",
      room: aVerifiedRoom({ head: newer, conditions: [] }),
      reason: "Pending",
    },
    {
      name: "a room that was never verified",
      room: aVerifiedRoom({ verified: null }),
      reason: "Pending",
    },
  ]) {
    it(`is held back by ${name}`, () => {
      expect(syncStateOf(source, [aVerifiedRoom({ roomId: "lab-02" }), room])).to.deep.equal({
        observedRevision: NEW,
        syncedRevision: OLD,
        heldBackBy: [{ roomId: "lab-01", reason }],
      });
    });
  }
});
