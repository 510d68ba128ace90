import type { RoomIntents } from "../intent/commit-intents.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { returnedRooms } from "./returned-rooms.ts";
import type { Due } from "./take-rooms-in.ts";

interface WithoutNews {
  readonly source: string;
  readonly range: Pick<CommitRange, "returnedTo" | "history" | "kept">;
  readonly intents: Pick<RoomIntents, "rooms">;
  readonly taken: ReadonlySet<string>;
  readonly isOwn: (roomId: string) => boolean;
}

/**
 * Rooms of a source that the snapshot has no other news of: those that commits speak of, those that are back with the branch, and those
 * whose lower version was accepted by a commit that the branch does not have any more.
 */
export async function roomsWithoutNews(
  { source, range, intents, taken, isOwn }: WithoutNews,
  { store, owners }: Pick<IntakeDeps, "store" | "owners">,
): Promise<readonly Due[]> {
  const spoken = [...intents.rooms.keys()].filter(isOwn);
  const back = await returnedRooms(source, range.returnedTo, store);
  const isLost = (by: string | null) =>
    by === null ? range.history === "rewritten" : range.kept?.includes(by) === false;
  const unaccepted = owners
    .acceptedOf(source)
    .flatMap(([roomId, by]) => (isLost(by) ? [roomId] : []));
  return [...new Set([...spoken, ...back, ...unaccepted])]
    .filter((roomId) => !taken.has(roomId))
    .map((roomId) => ({ roomId, news: { kind: "intentOnly" }, file: null }));
}
