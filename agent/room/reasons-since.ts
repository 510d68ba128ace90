import type { Room } from "./room.ts";

type Shown = Pick<Room, "conditions" | "refusals" | "blocked" | "headProblem">;

/**
 * Since when each reason holds that a room's status tells: a reason that was told before keeps its time, whatever else came or
 * went. A condition's own time moves with its status alone, so it does not tell this.
 */
export function reasonsSince(
  before: Room["reasonsSince"],
  shown: Shown,
  nowIso: string,
): Room["reasonsSince"] {
  const told = [
    ...shown.conditions
      .filter(({ type, status }) => (type === "Ready" ? status !== "True" : status === "True"))
      .map(({ reason }) => reason),
    ...shown.refusals.map(({ reason }) => reason),
    ...shown.blocked.map(({ reason }) => reason),
    ...(shown.headProblem === null ? [] : [shown.headProblem.reason]),
  ];
  const since = [...new Set(told)].sort().map((reason) => [reason, before[reason] ?? nowIso]);
  return Object.fromEntries(since) as Room["reasonsSince"];
}
