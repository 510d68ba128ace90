import type { Trigger } from "../kernel/trigger.ts";

const RANK: Readonly<Record<Trigger, number>> = { apply: 0, git: 1, event: 2, interval: 3 };

/** 0 goes first. */
export function rankOf(priority: Trigger): number {
  return RANK[priority];
}

export function moreUrgent(a: Trigger, b: Trigger): Trigger {
  return RANK[a] <= RANK[b] ? a : b;
}

/** A new revision or a person: ends a backoff. Events and intervals do not. */
export function isFresh(priority: Trigger): boolean {
  return priority === "apply" || priority === "git";
}
