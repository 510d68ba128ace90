import type { Room } from "../room/room.ts";
import type { Store } from "./store.ts";

const ROOMS_PER_PAGE = 500;

/**
 * All rooms in the order of their ids, or those after the id `from`, a page at a time: as of one moment within a page alone. A room that comes or goes
 * meanwhile may be among them or not.
 */
export async function* everyRoom(
  store: Pick<Store, "readRooms">,
  from: string | null = null,
): AsyncGenerator<Room> {
  let after = from;
  for (;;) {
    const rooms: readonly Room[] = await store.readRooms({ after, count: ROOMS_PER_PAGE });
    yield* rooms;
    const last = rooms.at(-1);
    if (last === undefined || rooms.length < ROOMS_PER_PAGE) return;
    after = last.roomId;
  }
}
