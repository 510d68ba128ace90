import { toIso } from "../kernel/clock.ts";
import type { Item } from "../plan/item.ts";

/** Ms between two looks at what is missing: often enough to see that it is back. */
export const LOOK_MS = 30_000;

/** Ms without an answered read after which the time begins again: nothing is known of what the room showed meanwhile. */
const LONGEST_GAP_MS = 2 * LOOK_MS;

/** What reads did not show, one after the other. */
export interface Missing {
  readonly items: readonly Item[];
  /** ISO time of the first read that showed none of them. */
  readonly since: string;
  /** ISO time of the last one. */
  readonly seenAt: string;
}

/**
 * What is missing after a read that does not show `lost`. Another item begins the time again, as do a clock that went back and a
 * time in which nothing was read.
 */
export function missingAfter(
  before: Missing | null,
  lost: readonly Item[],
  nowMs: number,
): Missing | null {
  if (lost.length === 0) return null;
  const seenAt = toIso(nowMs);
  const isSame = before !== null && isRecent(before, nowMs) && hasAll(before.items, lost);
  return { items: lost, since: isSame ? before.since : seenAt, seenAt };
}

function isRecent({ seenAt }: Missing, nowMs: number): boolean {
  const gapMs = nowMs - Date.parse(seenAt);
  return gapMs >= 0 && gapMs <= LONGEST_GAP_MS;
}

function hasAll(known: readonly Item[], items: readonly Item[]): boolean {
  const all = new Set(known);
  return items.every((item) => all.has(item));
}

/** For how long reads have not shown them, in ms. */
export function missedMs({ since }: Pick<Missing, "since">, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(since));
}
