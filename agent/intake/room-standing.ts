import type { RoomStanding } from "../intent/intent-question.ts";
import type { IntakeDeps } from "./intake-deps.ts";

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
