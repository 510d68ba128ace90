import type { Room } from "../room/room.ts";
import type { ReconcileDeps } from "./pass.ts";

/** Whether the source that owns a room may manage it; a posted spec may manage any. */
export function isRoomAllowed(
  { owner, roomId }: Room,
  { options }: Pick<ReconcileDeps, "options">,
): boolean {
  return owner?.kind !== "git" || options.isRoomAllowed(owner.source, roomId);
}
