import type { OwnTrigger, Trigger } from "../kernel/trigger.ts";
import { isFresh, moreUrgent, rankOf } from "./priority.ts";

/** The next pass that a key's own triggers ask for. */
export interface Wish {
  readonly priority: OwnTrigger;
  /** Monotonic ms; `READY` when it is due already. */
  readonly dueMs: number;
  /** True: the wait is a backoff, which only a fresh trigger ends early. */
  readonly held: boolean;
}

/** That a key is to be taken, how urgently and when. A person's request (`apply`) is due at once and hides `own`. */
export interface Pending {
  readonly priority: Trigger;
  readonly dueMs: number;
  readonly held: boolean;
  /** Null: only a person asks. */
  own: Wish | null;
}

/** A pending key as the queue's heaps hold it. */
export interface Entry extends Pending {
  readonly key: string;
  readonly sequence: number;
  /** When its last pass ended, in passes of this queue; 0: never. */
  readonly seen: number;
  /** Whether it is slow to fail: its last pass failed after a long time. */
  readonly isSlow: boolean;
}

export const READY = Number.NEGATIVE_INFINITY;

/** Of a wait that is over. */
export const DUE = { dueMs: READY, held: false } as const;

export function pendingOf(wish: Wish): Pending {
  return { ...wish, own: wish };
}

/** The same once its time has come. */
export function dueNow({ priority, own }: Pending): Pending {
  return { priority, ...DUE, own: own === null ? null : { ...own, ...DUE } };
}

/** The same without a backoff. */
export function withoutBackoff(before: Pending): Pending {
  if (before.own?.held !== true) return before;
  const own = { ...before.own, ...DUE };
  return before.priority === "apply" ? { ...before, own } : pendingOf(own);
}

/** What is pending once a person asks too: what the key's own triggers asked for is kept under the request. */
export function askedOver(before: Pending | undefined): Pending {
  return { priority: "apply", ...DUE, own: before?.own ?? null };
}

/** What is pending after `wish` comes on top of `before`. A person's request stays in front of it. */
export function mergePending(before: Pending | undefined, wish: Wish): Pending {
  if (before === undefined) return pendingOf(wish);
  const own = before.own === null ? wish : mergeWishes(before.own, wish);
  return before.priority === "apply" ? { ...before, own } : pendingOf(own);
}

/**
 * The most urgent priority stays and the shortest wait, but for a backoff: an event or an interval does not shorten it, a
 * new revision ends it, and one that came while the pass was under way that now wants to back off has ended it in advance.
 */
function mergeWishes(before: Wish, wish: Wish): Wish {
  const priority = moreUrgent(before.priority, wish.priority);
  if (wish.held) {
    const freshIsReady = isFresh(before.priority) && before.dueMs === READY;
    return freshIsReady ? { ...before, priority } : { ...wish, priority };
  }
  if (before.held && !isFresh(wish.priority)) return { ...before, priority };
  return { priority, dueMs: Math.min(before.dueMs, wish.dueMs), held: false };
}

export function isSameTurn(a: Pending, b: Pending): boolean {
  return a.priority === b.priority && a.dueMs === b.dueMs && a.held === b.held;
}

export function isTakenBefore(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return rankOf(a.priority) < rankOf(b.priority);
  if (a.priority === "interval" && a.seen !== b.seen) return a.seen < b.seen;
  return a.sequence < b.sequence;
}

export function isDueBefore(a: Entry, b: Entry): boolean {
  return a.dueMs === b.dueMs ? a.sequence < b.sequence : a.dueMs < b.dueMs;
}
