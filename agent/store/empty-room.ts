import type { RoomOwner, RoomRow } from "./rows.ts";

/** A room nothing is known of yet. */
export function emptyRoom(roomId: string, owner: RoomOwner | null): RoomRow {
  return {
    roomId,
    owner,
    head: null,
    headProblem: null,
    enforced: null,
    observedRevision: null,
    attemptedRevision: null,
    appliedRevision: null,
    verifiedRevision: null,
    verified: null,
    lineage: null,
    rewritten: null,
    appliedVersion: null,
    verifiedBefore: false,
    keepsDmVisibility: false,
    dryRun: null,
    versionConfirmed: null,
    overridden: false,
    refusals: [],
    intentIgnored: [],
    inventory: [],
    suspicion: null,
    notObservable: [],
    conditions: [],
    reasonsSince: {},
    warnings: [],
    blocked: [],
    pendingDiff: null,
    cyclesSinceConverged: 0,
    lastReconcile: null,
    lastOutcome: null,
  };
}
