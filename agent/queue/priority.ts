import type { OwnTrigger, Trigger } from "../kernel/trigger.ts";

const RANK: Readonly<Record<Trigger, number>> = { apply: 0, git: 1, event: 2, interval: 3 };

/** 0 goes first. */
export function rankOf(priority: Trigger): number {
  return RANK[priority];
}

export function moreUrgent<P extends Trigger>(a: P, b: P): P {
  return RANK[a] <= RANK[b] ? a : b;
}

/** A new revision ends a backoff, events and intervals do not. */
export function isFresh(priority: OwnTrigger): boolean {
  return priority === "git";
}
