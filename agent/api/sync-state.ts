import { dryRunProblem } from "../room/dry-run-text.ts";
import { observedRevision as revisionOf } from "../room/revision.ts";
import { topCondition } from "../status/top-condition.ts";
import type { Room } from "../room/room.ts";
import type { SourceRow } from "../room/rows.ts";
import type { Reason } from "../status/reasons.ts";

/** A room that keeps its source from being synced, and why. */
export interface HeldBack {
  readonly roomId: string;
  readonly reason: Reason;
}

export interface SyncState {
  readonly observedRevision: string | null;
  readonly syncedRevision: string | null;
  readonly heldBackBy: readonly HeldBack[];
}

/**
 * How far a source is: `syncedRevision` is its newest observed revision at which every room of it was verified at its newest
 * inputs, so it equals `observedRevision` exactly when no room holds it back. `rooms` are the rooms of this source.
 */
export function syncStateOf(source: SourceRow, rooms: Iterable<Room>): SyncState {
  const observedRevision = revisionOf(source);
  const heldBackBy: HeldBack[] = [];
  for (const room of rooms) {
    const reason = heldBackReason(room);
    if (reason !== null) heldBackBy.push({ roomId: room.roomId, reason });
  }
  const { syncedRevision: known, syncedBefore = null } = source;
  // A room that came to the source later, or got other inputs at the same head, holds it back from that head again.
  const older = known === observedRevision ? syncedBefore : known;
  const syncedRevision = heldBackBy.length === 0 ? observedRevision : older;
  return { observedRevision, syncedRevision, heldBackBy };
}

/** Null for a room that was verified at its newest inputs. */
function heldBackReason(room: Room): Reason | null {
  if (room.overridden) return "Overridden";
  if (room.headProblem !== null) return room.headProblem.reason;
  const isVerified = room.head !== null && room.verified?.digest === room.head.digest;
  if (isVerified && room.rewritten === null) return null;
  if (room.dryRun !== null) return dryRunProblem(room).reason;
  return topCondition(room.conditions)?.reason ?? "Pending";
}
