import type { Room } from "./room.ts";

type Owned = Pick<Room, "owner" | "lostOwner" | "headProblem">;

/**
 * The sources that a room is of: its owner's; of one without an owner, those that have the files which may not have it, or its spec under
 * a name that is not read. None: a posted spec's, an orphan, or one that its owner lost by configuration.
 */
export function sourcesOfRoom({ owner, lostOwner, headProblem }: Owned): readonly string[] {
  if (owner !== null) return owner.kind === "git" ? [owner.source] : [];
  if (lostOwner !== null || headProblem === null) return [];
  const { notRead, sources = [] } = headProblem;
  return notRead === undefined ? sources : [notRead.source];
}
