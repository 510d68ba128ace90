import { toIso } from "../kernel/clock.ts";
import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import type { RoomState } from "../plan/room-state.ts";
import { lostItems } from "../plan/suspicious-read.ts";
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

/** What a read does not show of what the agent put there and did not remove, and since when. */
export interface Missing {
  readonly items: readonly Item[];
  readonly since: string;
}

/** What is missing after a read that does not show `lost`. Another item begins the time again, as does a clock that went back. */
export function missingAfter(
  { missing, missingSince }: PruneProgress,
  lost: readonly Item[],
  nowMs: number,
): Missing | null {
  if (lost.length === 0) return null;
  const known = new Set(missing);
  const isKnown = missingSince !== null && Date.parse(missingSince) <= nowMs;
  const since = isKnown && lost.every((item) => known.has(item)) ? missingSince : toIso(nowMs);
  return { items: lost, since };
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
  const now = missing === undefined ? {} : toMembers(missing);
  const found = before.found + left.length - removed;
  const after = { ...before, ...now, removed: before.removed + removed, found };
  const isNone = (row.pruning ?? null) === null && left.length === 0 && after.missing.length === 0;
  return isNone ? {} : { pruning: after };
}

function toMembers(missing: Missing | null): Pick<PruneProgress, "missing" | "missingSince"> {
  return { missing: missing?.items ?? [], missingSince: missing?.since ?? null };
}

/** The room with the inventory that its removals leave. */
export function withRemoved(row: Room, inventory: readonly Item[]): Room {
  const before = progressOf(row);
  const left = new Set(inventory);
  const count = row.inventory.filter((item) => !left.has(item)).length;
  if (before === null || count === 0) return { ...row, inventory };
  return { ...row, inventory, pruning: { ...before, removed: before.removed + count } };
}

/** Ms between two looks at what is missing: often enough to see that it is back. */
const LOOK_MS = 30_000;

/** Why a prune is not done though no removal is left to be sent; undefined: it is. It ends by a look after the time that it waits for. */
export function untilGone(
  row: Pick<Room, "inventory"> & Pruning,
  observed: RoomState,
  { nowMs, toleranceMs }: { readonly nowMs: number; readonly toleranceMs: number },
): Outcome | undefined {
  const missing = lostItems(observed, row.inventory);
  if (missing.length === 0) return undefined;
  const message =
    `the RoomServer does not show ${missing.length} of what this agent put into the room and did not remove (${listed(missing)}): ` +
    `that counts as gone once no read has shown it for ${MISSING_MS / 60_000} minutes, and is removed if one does`;
  const since = progressOf(row)?.missingSince ?? null;
  const waitedMs = since === null ? 0 : Math.max(0, nowMs - Date.parse(since));
  const leftMs = Math.max(0, Math.max(MISSING_MS, toleranceMs) - waitedMs);
  return {
    kind: "waiting",
    reason: "SuspiciousRead",
    message,
    afterMs: Math.min(leftMs, LOOK_MS),
  };
}
