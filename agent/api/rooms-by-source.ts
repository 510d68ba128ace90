import type { Room } from "../room/room.ts";
import { sourceOfRoom } from "../room/source-of-room.ts";
import type { Store } from "../store/store.ts";

/**
 * The rooms of each named source. A room two files claim has no owner; it is listed by the files that name it, so that it
 * holds back each source that claims it; one whose spec was renamed to a name that is not read, by the source that has that file. Files are read only when there is such a room.
 */
export async function roomsBySource(
  rooms: readonly Room[],
  sources: readonly string[],
  store: Pick<Store, "readFiles">,
): Promise<ReadonlyMap<string, readonly Room[]>> {
  const owned = new Map<string, Room[]>(sources.map((name) => [name, []]));
  const contested = new Map<string, Room>();
  for (const room of rooms) {
    const source = sourceOfRoom(room);
    if (source !== null) owned.get(source)?.push(room);
    else if (room.owner === null && room.headProblem !== null && !room.lostOwner)
      contested.set(room.roomId, room);
  }
  if (contested.size === 0) return owned;
  for (const [name, list] of owned) {
    const claimed = new Set((await store.readFiles(name)).map((file) => file.roomId));
    for (const [roomId, room] of contested) if (claimed.has(roomId)) list.push(room);
  }
  return owned;
}
