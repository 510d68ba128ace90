import type { RoomRow } from "../room/rows.ts";
import type { ReconcileDeps } from "./pass.ts";

/** Whether the source that owns a room may manage it; a posted spec may manage any. */
export function isRoomAllowed(
  { owner, roomId }: RoomRow,
  { options }: Pick<ReconcileDeps, "options">,
): boolean {
  return owner?.kind !== "git" || options.isRoomAllowed(owner.source, roomId);
}
