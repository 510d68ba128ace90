import { nearestId } from "../kernel/nearest-id.ts";
import { quoted } from "../kernel/quoted.ts";
import type { Store } from "./store.ts";

/**
 * How a sentence continues that says of a room that it is not known: `; did you mean "lab-1"?` where the id is near
 * that of a room, else `otherwise`.
 */
export async function meantRoom(
  roomId: string,
  store: Pick<Store, "readRoomIds">,
  otherwise = ":",
): Promise<string> {
  const meant = nearestId(roomId, await store.readRoomIds());
  return meant === undefined ? otherwise : `; did you mean ${quoted(meant)}?`;
}
