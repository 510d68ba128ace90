/**
 * What asked for a pass, most urgent first: a person, a new revision, something the server told, the interval. It never
 * carries data: the pass re-reads both sides.
 */
export const PRIORITIES = ["apply", "git", "event", "interval"] as const;

export type Priority = (typeof PRIORITIES)[number];

const RANK: Readonly<Record<Priority, number>> = { apply: 0, git: 1, event: 2, interval: 3 };

/** 0 goes first. */
export function rankOf(priority: Priority): number {
  return RANK[priority];
}

export function moreUrgent(a: Priority, b: Priority): Priority {
  return RANK[a] <= RANK[b] ? a : b;
}

/** A new revision or a person: ends a backoff. Events and intervals do not. */
export function isFresh(priority: Priority): boolean {
  return priority === "apply" || priority === "git";
}
