import { canonicalJson, sameJson } from "../kernel/json.ts";
import { detourAfterPass, pastOf, wasGivenBack } from "./detour.ts";
import { markAfterPass } from "./history-mark.ts";
import type { Found, Room } from "./room.ts";

interface Pass {
  readonly before: Room;
  readonly after: Room;
}

/**
 * The room `now` after a pass that began with `before` and ended with `after`. What the spec, its source and people decide is
 * taken as it is now, not as the pass found it when it began.
 */
export function afterPass(now: Room, { before, after }: Pass): Room {
  const rewritten = markAfterPass(now.rewritten, {
    before: before.rewritten,
    after: after.rewritten,
  });
  return {
    ...now,
    ...foundOf(after),
    ...(wasGivenBack(now, before) ? pastOf(now) : {}),
    rewritten,
    detour: rewritten === null ? null : detourAfterPass(now, { before, after }),
    quarantine: quarantineOf(now, { before, after }),
    ...refusedUpdatesOf(now, { before, after }),
    warnings: now.head?.digest === before.head?.digest ? after.warnings : now.warnings,
  };
}

/** The half of a room that passes write. A member added to `Found` that is missing here does not compile. */
function foundOf(room: Room): Found {
  return {
    enforced: room.enforced,
    enforcedBefore: room.enforcedBefore,
    quarantine: room.quarantine,
    ...(room.refusedUpdates === undefined ? {} : { refusedUpdates: room.refusedUpdates }),
    ...(room.equalFailures === undefined ? {} : { equalFailures: room.equalFailures }),
    ...(room.takenOut === undefined ? {} : { takenOut: room.takenOut }),
    attemptedRevision: room.attemptedRevision,
    appliedRevision: room.appliedRevision,
    verifiedRevision: room.verifiedRevision,
    verified: room.verified,
    ...(room.verifiedWithout === undefined ? {} : { verifiedWithout: room.verifiedWithout }),
    appliedVersion: room.appliedVersion,
    verifiedBefore: room.verifiedBefore,
    ...(room.inDoubt === undefined ? {} : { inDoubt: room.inDoubt }),
    keepsDmVisibility: room.keepsDmVisibility,
    rewritten: room.rewritten,
    detour: room.detour,
    refusals: room.refusals,
    inventory: room.inventory,
    ...(room.removing === undefined ? {} : { removing: room.removing }),
    ...(room.pruning === undefined ? {} : { pruning: room.pruning }),
    ...(room.pruned === undefined ? {} : { pruned: room.pruned }),
    suspicion: room.suspicion,
    notObservable: room.notObservable,
    contest: room.contest,
    conditions: room.conditions,
    reasonsSince: room.reasonsSince,
    warnings: room.warnings,
    blocked: room.blocked,
    pendingDiff: room.pendingDiff,
    pendingPlan: room.pendingPlan,
    cyclesSinceConverged: room.cyclesSinceConverged,
    ...(room.failingSince === undefined ? {} : { failingSince: room.failingSince }),
    lastReconcile: room.lastReconcile,
    lastOutcome: room.lastOutcome,
  };
}

/** Passes set it; new inputs and people lift it, whatever a pass that began before them knows. */
function quarantineOf(now: Room, { before, after }: Pass): Room["quarantine"] {
  const isSame = canonicalJson(before.quarantine) === canonicalJson(after.quarantine);
  return isSame || now.head?.digest !== before.head?.digest ? now.quarantine : after.quarantine;
}

/** Of a pass that learned nothing of them, the room keeps its own: a person's request counts once it is stored. */
function refusedUpdatesOf(now: Room, { before, after }: Pass): Pick<Room, "refusedUpdates"> {
  const isSame = sameJson(before.refusedUpdates ?? [], after.refusedUpdates ?? []);
  const { refusedUpdates } = isSame ? now : after;
  return refusedUpdates === undefined ? {} : { refusedUpdates };
}
