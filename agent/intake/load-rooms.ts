import { pendingPrune } from "../room/prune.ts";
import type { Room } from "../room/room.ts";
import type { Store } from "../store/store.ts";
import { RoomOwners, standingFact } from "./source-index.ts";
import { isInSync, SyncTracker } from "./sync-tracker.ts";

export interface LoadedRooms {
  readonly owners: RoomOwners;
  readonly tracker: SyncTracker;
  /** The rooms that want a pass from the start. */
  readonly wanted: readonly string[];
  readonly leftSources: readonly string[];
}

/**
 * What the agent has to know of its rooms when it starts. A room with open intents always gets a pass, as does one whose owner
 * has just been `restored`; the other owned rooms do unless they are settled and `passive` leaves those alone.
 */
export async function loadRooms(
  store: Pick<Store, "readOpenIntents">,
  given: {
    readonly rooms: readonly Room[];
    readonly restored: ReadonlySet<string>;
    readonly mode: "active" | "passive";
    /** Called with each row. */
    readonly onRoom?: (row: Room) => void;
  },
): Promise<Omit<LoadedRooms, "leftSources">> {
  const owners = new RoomOwners();
  const tracker = new SyncTracker();
  const wanted = new Set((await store.readOpenIntents()).map(({ roomId }) => roomId));
  for (const row of given.rooms) {
    given.onRoom?.(row);
    owners.set(row.roomId, standingFact(row));
    if (pendingPrune(row) !== null) wanted.add(row.roomId);
    if (row.owner === null) continue;
    tracker.note(row);
    // What guardrails refused under an older configuration is judged again under this one.
    const isSettled = isInSync(row) && row.refusals.length === 0 && !given.restored.has(row.roomId);
    if (given.mode === "active" || !isSettled) wanted.add(row.roomId);
  }
  return { owners, tracker, wanted: [...wanted] };
}
