import { NOT_PLANNED, NOTHING_REFUSED } from "../intent/ignored-reasons.ts";
import type { CommitWords } from "../intent/commit-words.ts";
import type { Item } from "../plan/item.ts";
import { removedItems } from "../plan/removals.ts";
import type { Room } from "../room/room.ts";
import type { Store } from "../store/store.ts";

/** What a commit confirms that names a room and does not change it. */
export interface NamedRoom {
  /** What is being refused or held in the room. */
  readonly refused: readonly Item[];
  /** Why that is nothing; null: it is something, or naming the room lifts something else. */
  readonly why: string | null;
}

/** The rooms that commits confirm by name, of those that `isOwn` says are the source's. */
export async function namedRooms(
  words: readonly CommitWords[],
  isOwn: (roomId: string) => boolean,
  store: Pick<Store, "readRoom" | "readSpec">,
): Promise<ReadonlyMap<string, NamedRoom>> {
  const names = words.flatMap(({ confirm }) => (confirm === "all" ? [] : (confirm ?? [])));
  const rooms = new Map<string, NamedRoom>();
  for (const roomId of new Set(names)) {
    if (!isOwn(roomId)) continue;
    const row = await store.readRoom(roomId);
    // What a prune would remove is confirmed as a whole (`confirmingPrune`), and not for a spec that comes back.
    if (row === null || row.owner === null) continue;
    // What the newest spec names again was refused of an older one: the room was not planned since.
    const spec = row.head === null ? null : await store.readSpec(row.head.specOid);
    const named = new Set(spec === null ? [] : removedItems(spec, null));
    const items = row.refusals.flatMap((refusal) => refusal.items);
    const refused = items.filter((item) => !named.has(item));
    rooms.set(roomId, { refused, why: refused.length > 0 ? null : whyNothing(row) });
  }
  return rooms;
}

/** What a commit lifts besides removals is shown as refused, held or blocked, or makes the room a dry run. */
export function whyNothing(row: Room): string | null {
  const { head, headProblem, enforced, pendingPlan, conditions, failingSince } = row;
  if (head === null || headProblem !== null) return null;
  const isPlanned = enforced?.digest === head.digest || pendingPlan?.inputs === head.digest;
  if (!isPlanned) {
    const ready = conditions.find(({ type }) => type === "Ready");
    const isFailing = failingSince != null && ready?.status === "False";
    return NOT_PLANNED(isFailing ? `${ready.reason} since ${failingSince}` : null);
  }
  const { refusals, blocked, dryRun, quarantine, rewritten } = row;
  const isHeld = refusals.length + blocked.length > 0 || dryRun !== null || quarantine !== null;
  return isHeld || rewritten !== null ? null : NOTHING_REFUSED;
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
