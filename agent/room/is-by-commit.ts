import { isLocal } from "./revision.ts";
import type { Room } from "./room.ts";

/** Whether commits may speak for a room: those of a folder's specs and of posted ones have none. */
export function isByCommit({ owner, head }: Pick<Room, "owner" | "head">): boolean {
  if (owner?.kind === "api") return false;
  return head === null || !isLocal(head.revision);
}
