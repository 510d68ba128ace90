import type { Room } from "./room.ts";

/**
 * The source that a room is of: its owner's, or the one that has its spec under a name that is not read. Null: a posted spec's, or an orphan.
 */
export function sourceOfRoom({
  owner,
  lostOwner,
  headProblem,
}: Pick<Room, "owner" | "lostOwner" | "headProblem">): string | null {
  if (owner !== null) return owner.kind === "git" ? owner.source : null;
  return lostOwner === null ? (headProblem?.notRead?.source ?? null) : null;
}
