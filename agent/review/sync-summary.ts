import type { FileErrors } from "../intake/intake-findings.ts";
import { isInSync } from "../intake/sync-tracker.ts";
import type { CommitState } from "../forge/forge.ts";
import { dryRunProblem } from "../room/dry-run-text.ts";
import type { Room } from "../room/room.ts";
import type { Reason } from "../status/reasons.ts";
import { topCondition } from "../status/top-condition.ts";

/** How far a room is with the newest commit of its source that changes it. */
export type RoomSync =
  | { readonly kind: "verified" | "dryRun" }
  /** It passes by itself. */
  | { readonly kind: "waiting"; readonly reason: Reason }
  /** A person has to act. */
  | { readonly kind: "stopped"; readonly reason: Reason };

/** Conditions that end only when a person acts. */
const STOPPING: ReadonlySet<string> = new Set(["AwaitingConfirm", "Stalled"]);

/** Refusals that end without a person. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>(["IntentUnknown", "SyncWindowClosed"]);

/** `isJudged`: a pass over the room has ended since its newest inputs came. */
export function roomSync(row: Room, isJudged: boolean): RoomSync {
  if (isInSync(row)) return { kind: "verified" };
  if (row.overridden) return { kind: "stopped", reason: "Overridden" };
  if (row.headProblem !== null) return { kind: "stopped", reason: row.headProblem.reason };
  if (!isJudged) return { kind: "waiting", reason: "NotYetReconciled" };
  if (row.dryRun !== null) {
    const { reason } = dryRunProblem(row);
    return reason === "DryRun" ? { kind: "dryRun" } : { kind: "stopped", reason };
  }
  if (row.quarantine !== null && row.quarantine.digest === row.head?.digest)
    return { kind: "stopped", reason: "Quarantined" };
  const top = topCondition(row.conditions);
  if (top === undefined) return { kind: "waiting", reason: "NotYetReconciled" };
  const isStopped = STOPPING.has(top.type) && !PASSING.has(top.reason);
  return { kind: isStopped ? "stopped" : "waiting", reason: top.reason };
}

/** What the status of a commit says of all rooms of its source. */
export interface SyncSummary {
  readonly state: CommitState;
  readonly description: string;
}

const NONE: FileErrors = { specErrorCount: 0, specErrors: [] };

/** Rooms, and files, that a description names. */
const SHOWN = 3;

/** One line. While a room waits it does not count up, so that it is written once. */
export function syncSummary(
  rooms: Iterable<readonly [string, RoomSync]>,
  broken: FileErrors = NONE,
): SyncSummary {
  const counts = { verified: 0, dryRun: 0, waiting: 0, stopped: 0 };
  const stopped: string[] = [];
  let all = 0;
  for (const [roomId, sync] of rooms) {
    all += 1;
    counts[sync.kind] += 1;
    if (sync.kind === "stopped" && stopped.length < SHOWN)
      stopped.push(`${roomId}: ${sync.reason}`);
  }
  const left = counts.stopped - stopped.length;
  const more = left === 0 ? "" : `, ${left} more`;
  if (counts.stopped > 0) {
    const what = `${counts.stopped} of ${all} rooms not synced`;
    return { state: "failure", description: `${what}: ${stopped.join(", ")}${more}` };
  }
  const { specErrorCount: errorCount } = broken;
  if (errorCount > 0) {
    const paths = new Set(broken.specErrors.map(({ path }) => path));
    const shown = [...paths].slice(0, SHOWN).join(", ");
    const errors = errorCount === 1 ? "1 error" : `${errorCount} errors`;
    return { state: "failure", description: `${errors} in spec files without a room: ${shown}` };
  }
  if (counts.waiting > 0) return { state: "pending", description: "rooms are being synced" };
  const dry = counts.dryRun === 0 ? "" : `, ${counts.dryRun} planned only (dry run)`;
  return { state: "success", description: `${counted(counts.verified)} verified${dry}` };
}

function counted(count: number): string {
  return count === 1 ? "1 room" : `${count} rooms`;
}
