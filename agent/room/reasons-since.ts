import type { Room } from "./room.ts";

type Shown = Pick<Room, "conditions" | "refusals" | "blocked" | "headProblem">;

/**
 * Since when each reason in a room's status holds: a reason that was shown before keeps its time, whatever else changed. A
 * condition's own time changes with its status alone, so it does not show this.
 */
export function reasonsSince(
  before: Room["reasonsSince"],
  shown: Shown,
  nowIso: string,
): Room["reasonsSince"] {
  const reasons = [
    ...shown.conditions
      .filter(({ type, status }) => (type === "Ready" ? status !== "True" : status === "True"))
      .map(({ reason }) => reason),
    ...shown.refusals.map(({ reason }) => reason),
    ...shown.blocked.map(({ reason }) => reason),
    ...(shown.headProblem === null ? [] : [shown.headProblem.reason]),
  ];
  const since = [...new Set(reasons)].sort().map((reason) => [reason, before[reason] ?? nowIso]);
  return Object.fromEntries(since) as Room["reasonsSince"];
}
