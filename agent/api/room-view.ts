import { isOrphan } from "../room/judge-owner.ts";
import { howToRetry } from "../room/quarantine-text.ts";
import { attentionOf } from "../status/attention.ts";
import { shownWarnings } from "../room/warnings-to-read.ts";
import type { Room } from "../room/room.ts";
import { nextAllowed } from "../room/sync-windows.ts";
import { confirmHint } from "./confirm-hint.ts";
import type { SourceInfo } from "./source-view.ts";
import type { RoomAnswer } from "./status-contract.ts";

/** A room as `/status` shows it. `sources`: those that are configured. */
export function toRoomView(
  room: Room,
  reconciling: ReadonlySet<string>,
  sources: readonly SourceInfo[],
): RoomAnswer {
  return {
    roomId: room.roomId,
    source: toRoomSource(room),
    path: room.owner?.kind === "git" ? room.owner.path : null,
    specVersion: room.head?.specVersion ?? null,
    appliedSpecVersion: appliedSpecVersion(room),
    observedRevision: room.observedRevision,
    attemptedRevision: room.attemptedRevision,
    appliedRevision: room.appliedRevision,
    verifiedRevision: room.verifiedRevision,
    conditions: room.conditions,
    needsPerson: needsPerson(room),
    isReconciling: reconciling.has(room.roomId),
    lastReconcile: room.lastReconcile,
    lastOutcome: room.lastOutcome,
    pendingDiff: room.pendingDiff,
    planDigest: room.pendingPlan?.digest ?? null,
    blocked: room.blocked,
    cyclesSinceConverged: room.cyclesSinceConverged,
    wouldRemove: [...new Set(room.refusals.flatMap((refusal) => refusal.items))].sort(),
    howToConfirm: confirmHint(room, sources),
    ...nextAllowed(room),
    refusals: room.refusals,
    warnings: shownWarnings(room),
    intentIgnored: room.intentIgnored,
    headProblem: shownProblem(room),
    rewritten: room.rewritten,
    quarantine: quarantineOf(room),
    dryRun: room.dryRun?.commit ?? null,
    overridden: room.overridden,
    ...(room.lostOwner ? { lostOwner: room.lostOwner } : {}),
    orphaned: isOrphan(room),
  };
}

function needsPerson(room: Room): RoomAnswer["needsPerson"] {
  const attention = attentionOf(room);
  return attention === null ? null : { reason: attention.reason, message: attention.message };
}

function shownProblem({ headProblem }: Room): RoomAnswer["headProblem"] {
  if (headProblem === null) return null;
  const { reason, message, revision } = headProblem;
  return { reason, message, revision };
}

function quarantineOf({ quarantine, roomId, enforced }: Room): RoomAnswer["quarantine"] {
  if (quarantine === null) return null;
  const { revision, specVersion, reason, message, since, undone, notUndone, pending } = quarantine;
  return {
    revision,
    specVersion,
    reason,
    message,
    since,
    howToRetry: howToRetry(roomId),
    enforcedRevision: enforced?.revision ?? null,
    undone,
    notUndone,
    pending: pending.map(({ of }) => ({ action: of.kind, item: of.item })),
  };
}

/** Of the spec applied last, be it a file or a posted one. */
function appliedSpecVersion({ enforced, appliedRevision, appliedVersion }: Room): number | null {
  if (enforced !== null && enforced.revision === appliedRevision) return enforced.specVersion;
  return appliedVersion?.specVersion ?? null;
}

/** Name of the git source that owns a room, `api` for a posted spec, null when the room has no owner. */
export function toRoomSource(room: Room): string | null {
  if (room.owner === null) return null;
  return room.owner.kind === "git" ? room.owner.source : "api";
}
