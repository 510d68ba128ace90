import { isBack } from "../room/detour.ts";
import type { Store } from "../store/store.ts";

/** Rooms of a source that were away with its branch and are back with it. */
export async function returnedRooms(
  source: string,
  returnedTo: readonly string[] | undefined,
  store: Pick<Store, "readRoomsOf">,
): Promise<readonly string[]> {
  if (returnedTo === undefined) return [];
  const rooms = await store.readRoomsOf(source);
  return rooms.filter(({ rewritten }) => isBack(rewritten, returnedTo)).map(({ roomId }) => roomId);
}
