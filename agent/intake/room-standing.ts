import type { ForeignName, RoomStanding } from "../intent/intent-question.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import type { SourceIndex } from "./source-index.ts";

/** What a room is to a source. */
export function standingIn(
  { name }: { readonly name: string },
  roomId: string,
  { mayManage, owners }: Pick<IntakeDeps, "mayManage" | "owners">,
): RoomStanding {
  if (!mayManage(name, roomId)) return "barred";
  const owner = owners.get(roomId);
  // Its commits still speak for a room that waits for its prune.
  if (owner === null && owners.factOf(roomId)?.prunedBy === name) return "own";
  if (owner?.kind !== "git") return "free";
  return owner.source === name ? "own" : "foreign";
}

/** What the name of a room of another source is to the commits of a source. */
export function foreignNames(
  { source, index }: { readonly source: { readonly name: string }; readonly index: SourceIndex },
  { owners, readsSame = () => false }: Pick<IntakeDeps, "owners" | "readsSame">,
): (roomId: string) => ForeignName {
  return (roomId) => {
    if (index.pathsOf(roomId).length > 0) return "claimed";
    const owner = owners.get(roomId);
    return owner?.kind === "git" && readsSame(owner.source, source.name) ? "read" : "other";
  };
}
