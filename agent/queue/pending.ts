import type { Trigger } from "../kernel/trigger.ts";
import { isFresh, moreUrgent, rankOf } from "./priority.ts";

/** That a key is to be taken, how urgently and when. */
export interface Pending {
  readonly priority: Trigger;
  /** Monotonic ms; `READY` when it is due already. */
  readonly dueMs: number;
  /** True: the wait is a backoff, which only a fresh trigger ends early. */
  readonly held: boolean;
}

/** A pending key as it lies in the queue's heaps. */
export interface Entry extends Pending {
  readonly key: string;
  readonly sequence: number;
  /** When its last pass ended, in passes of this queue; 0: never. */
  readonly seen: number;
}

export const READY = Number.NEGATIVE_INFINITY;

/**
 * What is pending after `wish` comes on top of `before`. The most urgent priority stays and the shortest wait, but for a
 * backoff: an event or an interval does not shorten it, a new revision or a person ends it, and one that came while the
 * pass was under way that now wants to back off has ended it in advance.
 */
export function mergePending(before: Pending | undefined, wish: Pending): Pending {
  if (before === undefined) return wish;
  const priority = moreUrgent(before.priority, wish.priority);
  if (wish.held) {
    const freshIsReady = isFresh(before.priority) && before.dueMs === READY;
    return freshIsReady ? { ...before, priority } : { ...wish, priority };
  }
  if (before.held && !isFresh(wish.priority)) return { ...before, priority };
  return { priority, dueMs: Math.min(before.dueMs, wish.dueMs), held: false };
}

export function isTakenBefore(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return rankOf(a.priority) < rankOf(b.priority);
  if (a.priority === "interval" && a.seen !== b.seen) return a.seen < b.seen;
  return a.sequence < b.sequence;
}

export function isDueBefore(a: Entry, b: Entry): boolean {
  return a.dueMs === b.dueMs ? a.sequence < b.sequence : a.dueMs < b.dueMs;
}
