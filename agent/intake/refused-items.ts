import type { CommitWords } from "../intent/commit-words.ts";
import type { Item } from "../plan/item.ts";
import type { Room } from "../room/room.ts";
import type { Store } from "../store/store.ts";

/** What is being refused or held now in the rooms that commits confirm by name, of those that `isOwn` says are the source's. */
export async function refusedItems(
  words: readonly CommitWords[],
  isOwn: (roomId: string) => boolean,
  store: Pick<Store, "readRoom">,
): Promise<ReadonlyMap<string, readonly Item[]>> {
  const names = words.flatMap(({ confirm }) => (confirm === "all" ? [] : (confirm ?? [])));
  const refused = new Map<string, readonly Item[]>();
  for (const roomId of new Set(names)) {
    if (!isOwn(roomId)) continue;
    const row = await store.readRoom(roomId);
    // What a prune would remove is confirmed as a whole (`confirmingPrune`), and not for a spec that comes back.
    if (row?.owner === null) continue;
    const items = row?.refusals.flatMap((refusal) => refusal.items) ?? [];
    if (items.length > 0) refused.set(roomId, items);
  }
  return refused;
}

/** The rooms of a source that wait for a confirmation now, by id. */
export async function awaitingConfirm(
  source: string,
  store: Pick<Store, "readRoomsOf">,
): Promise<readonly string[]> {
  const rooms = await store.readRoomsOf(source);
  const isWaiting = ({ refusals, dryRun }: Room) =>
    dryRun !== null || refusals.some(({ confirmable }) => confirmable);
  return rooms.filter(isWaiting).map(({ roomId }) => roomId);
}
