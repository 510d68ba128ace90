import { emptyRoom } from "../room/empty-room.ts";
import { roomlessOf, toChange, withRoomless } from "../room/roomless-dry-runs.ts";
import type { Room } from "../room/room.ts";
import type { Store, StoreChange } from "../store/store.ts";

/** The room that a posted spec comes to, and what is written with it: a new one has the dry runs that it was forgotten with. */
export async function beforePost(
  roomId: string,
  found: Room | null,
  store: Pick<Store, "readDocuments">,
): Promise<{ readonly before: Room; readonly taken: readonly StoreChange[] }> {
  if (found !== null) return { before: found, taken: [] };
  const kept = await store.readDocuments("roomlessDryRuns");
  const { keys, ...known } = roomlessOf(kept, { source: null, roomId });
  const before = { ...withRoomless(emptyRoom(roomId, null), known), dryRunLeft: known.left };
  return { before, taken: keys.map((key) => toChange(key, null)) };
}
