import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import type { RoomState } from "../plan/room-state.ts";
import { lostItems } from "../plan/suspicious-read.ts";
import { LOOK_MS, missedMs, type Missing } from "./missing.ts";
import type { Outcome } from "./outcome.ts";
import { pendingPrune } from "./prune.ts";
import type { PruneProgress } from "./prune-mark.ts";
import { unseenOf } from "./removing.ts";
import type { Room } from "./room.ts";

/**
 * Ms. A prune is final: what the agent did not remove itself counts as gone only once no read has shown it for so long. A RoomServer
 * that starts empty, or answers by half, shows its rooms again by then.
 */
export const MISSING_MS = 300_000;

type Pruning = Pick<Room, "prune" | "pruned" | "pruning">;

/** What a prune has done so far; null: nothing is to be pruned. */
export function progressOf(row: Pruning): PruneProgress | null {
  const mark = pendingPrune(row);
  if (mark === null) return null;
  const { pruning = null } = row;
  if (pruning?.since === mark.since) return pruning;
  return { since: mark.since, removed: 0, found: 0, missing: [], missingSince: null };
}

/** What a prune misses of what the agent did not remove; null: nothing. */
export function missingOf({ missing, missingSince, missingSeenAt }: PruneProgress): Missing | null {
  if (missingSince === null || missingSeenAt === undefined) return null;
  return { items: missing, since: missingSince, seenAt: missingSeenAt };
}

/** The progress of a prune after a read: `gone` leaves the inventory. */
export function progressAfterRead(
  row: Room,
  { gone, missing }: { readonly gone: readonly Item[]; readonly missing?: Missing | null },
): Pick<Room, "pruning"> {
  const before = progressOf(row);
  if (before === null) return {};
  const ours = new Set(unseenOf(row));
  const inventory = new Set(row.inventory);
  const left = [...new Set(gone)].filter((item) => inventory.has(item));
  const removed = left.filter((item) => ours.has(item)).length;
  const now = missing === undefined ? before : withMissing(before, missing);
  const found = before.found + left.length - removed;
  const after = { ...now, removed: before.removed + removed, found };
  const isNone = (row.pruning ?? null) === null && left.length === 0 && after.missing.length === 0;
  return isNone ? {} : { pruning: after };
}

function withMissing(progress: PruneProgress, missing: Missing | null): PruneProgress {
  const { missingSeenAt: _before, ...known } = progress;
  if (missing === null) return { ...known, missing: [], missingSince: null };
  const { items, since, seenAt } = missing;
  return { ...known, missing: items, missingSince: since, missingSeenAt: seenAt };
}

/** The room with the inventory that its removals leave. */
export function withRemoved(row: Room, inventory: readonly Item[]): Room {
  const before = progressOf(row);
  const left = new Set(inventory);
  const count = row.inventory.filter((item) => !left.has(item)).length;
  if (before === null || count === 0) return { ...row, inventory };
  return { ...row, inventory, pruning: { ...before, removed: before.removed + count } };
}

export interface PruneRead {
  readonly row: Pick<Room, "inventory" | "removing"> & Pruning;
  readonly observed: RoomState;
  /** What the pass removed by an answer, where the read does not show that it is gone. */
  readonly answered?: readonly Item[];
}

/** Why a prune is not done though no removal is left to be sent; undefined: it is. It ends by a look after the time that it waits for. */
export function untilGone(
  { row, observed, answered = [] }: PruneRead,
  { nowMs, toleranceMs }: { readonly nowMs: number; readonly toleranceMs: number },
): Outcome | undefined {
  const missing = lostItems(observed, row.inventory);
  const sent = new Set([...unseenOf(row), ...answered]);
  const others = missing.filter((item) => !sent.has(item));
  if (others.length > 0) {
    const since = progressOf(row)?.missingSince ?? null;
    const waitedMs = since === null ? 0 : missedMs({ since }, nowMs);
    return waitingFor("SuspiciousRead", missingText(others), {
      leftMs: Math.max(MISSING_MS, toleranceMs) - waitedMs,
    });
  }
  if (missing.length === 0) return undefined;
  const first = answered.length > 0 ? null : (row.removing?.missing ?? null);
  const waitedMs = first === null ? 0 : missedMs(first, nowMs);
  const message =
    `The RoomServer answered that it removed ${missing.length} of what this agent put into the room, and shows so little of the room now ` +
    "that one read does not decide: a second read over a new connection does";
  return waitingFor("NotConverged", message, { leftMs: toleranceMs - waitedMs });
}

function missingText(items: readonly Item[]): string {
  return (
    `the RoomServer does not show ${items.length} of what this agent put into the room and did not remove (${listed(items)}): ` +
    `that counts as gone once no read has shown it for ${MISSING_MS / 60_000} minutes, and is removed if one does`
  );
}

function waitingFor(
  reason: "SuspiciousRead" | "NotConverged",
  message: string,
  { leftMs }: { readonly leftMs: number },
): Outcome {
  return { kind: "waiting", reason, message, afterMs: Math.min(Math.max(0, leftMs), LOOK_MS) };
}
