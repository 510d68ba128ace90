import { nearest } from "../kernel/nearest.ts";
import { quoted } from "../kernel/quoted.ts";
import type { Store } from "./store.ts";

/** Comparing more ids than this would take longer than the answer may. */
const MOST_IDS = 5_000;

/**
 * How a sentence continues that says of a room that it is not known: `; did you mean "lab-1"?` where the id is a few letters away from
 * that of a room, else `otherwise`.
 */
export async function meantRoom(
  roomId: string,
  store: Pick<Store, "readRoomIds">,
  otherwise = ":",
): Promise<string> {
  const known = await store.readRoomIds();
  const meant = known.length > MOST_IDS ? undefined : nearest(roomId, known);
  return meant === undefined ? otherwise : `; did you mean ${quoted(meant)}?`;
}
