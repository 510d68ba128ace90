import { expect } from "chai";
import { afterPass } from "../../../agent/room/after-pass.ts";
import type { Room, Wanted } from "../../../agent/room/room.ts";
import { aRoomRow, anInput } from "../../support/a-row.ts";

/** Another value of every member that is not a pass's. */
const DECIDED_MEANWHILE: Wanted = {
  owner: { kind: "api" },
  lostOwner: { source: "old", path: "a", reason: "RoomNotAllowed", since: "2026-01-01T00:00:00Z" },
  head: anInput("2"),
  headProblem: { reason: "SpecInvalid", message: "broken", revision: "main@sha1:2" },
  lineage: "line-2",
  observedRevision: "main@sha1:2",
  overridden: true,
  overriddenFile: "unusable",
  dryRun: { commit: "c" },
  dryRunLeft: { commit: "b" },
  rehearsals: [{ commit: "a", oid: "spec-1" }],
  rehearsalsForgotten: true,
  versionConfirmed: "digest-2",
  confirmedRequests: 7,
  intentIgnored: [{ commit: "c", line: "Confirm: x", reason: "unknown" }],
};

describe("a room after a pass", () => {
  const before = aRoomRow({ head: anInput("1") });
  const after: Room = { ...before, lastOutcome: "converged", verified: before.head };

  it("keeps all that the spec, its source and people decided meanwhile", () => {
    const room = afterPass({ ...before, ...DECIDED_MEANWHILE }, { before, after });
    expect(room).to.deep.include(DECIDED_MEANWHILE);
    expect(room.lastOutcome).to.equal("converged");
    expect(room.verified).to.deep.equal(before.head);
  });

  it("is what the pass found where nothing else changed", () => {
    expect(afterPass(before, { before, after })).to.deep.equal(after);
  });

  it("keeps the refused updates as they are stored, unless the pass learned of them", () => {
    const one = {
      item: "entity/E-1",
      inputs: "1",
      digest: "d",
      triedAt: "2026-01-01T00:00:00.000Z",
      status: 400,
    } as const;
    const none = { refusedUpdates: [] };
    const lifted = { before: { ...before, ...none }, after: { ...after, ...none } };
    const now = { ...before, refusedUpdates: [one] };
    expect(afterPass(now, lifted).refusedUpdates).to.deep.equal([one]);
    const learned = { before, after: { ...after, refusedUpdates: [one] } };
    expect(afterPass(before, learned).refusedUpdates).to.deep.equal([one]);
    const ended = { before: now, after: { ...after, refusedUpdates: [] } };
    expect(afterPass(now, ended).refusedUpdates).to.deep.equal([]);
  });

  it("keeps the warnings of a spec that came meanwhile", () => {
    const warnings = [{ reason: "SpecWarning" as const, message: "new" }];
    const old = { ...after, warnings: [{ reason: "UnknownPolicies" as const, message: "old" }] };
    const now = { ...before, head: anInput("2"), warnings };
    expect(afterPass(now, { before, after: old }).warnings).to.deep.equal(warnings);
    expect(afterPass(before, { before, after: old }).warnings).to.deep.equal(old.warnings);
  });
});
