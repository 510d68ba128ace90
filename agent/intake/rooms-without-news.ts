import type { RoomIntents } from "../intent/commit-intents.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { Store } from "../store/store.ts";
import { returnedRooms } from "./returned-rooms.ts";
import type { Due } from "./take-rooms-in.ts";

interface WithoutNews {
  readonly source: string;
  readonly range: Pick<CommitRange, "returnedTo">;
  readonly intents: Pick<RoomIntents, "rooms">;
  readonly taken: ReadonlySet<string>;
  readonly isOwn: (roomId: string) => boolean;
}

/** Rooms of a source that the snapshot has no other news of: those that commits speak of, and those that are back with the branch. */
export async function roomsWithoutNews(
  { source, range, intents, taken, isOwn }: WithoutNews,
  store: Pick<Store, "readRoomsOf">,
): Promise<readonly Due[]> {
  const spoken = [...intents.rooms.keys()].filter(isOwn);
  const back = await returnedRooms(source, range.returnedTo, store);
  return [...new Set([...spoken, ...back])]
    .filter((roomId) => !taken.has(roomId))
    .map((roomId) => ({ roomId, news: { kind: "intentOnly" }, file: null }));
}
