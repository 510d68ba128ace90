import { inTurns } from "../kernel/in-turns.ts";
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
): Promise<LoadedRooms> {
  const owners = new RoomOwners();
  const tracker = new SyncTracker();
  const wanted = new Set((await store.readOpenIntents()).map(({ roomId }) => roomId));
  const take = function* () {
    for (const row of given.rooms) {
      given.onRoom?.(row);
      owners.set(row.roomId, standingFact(row));
      tracker.note(row);
      if (wantsPass(row, given)) wanted.add(row.roomId);
      yield;
    }
  };
  await inTurns(take());
  return { owners, tracker, wanted: [...wanted] };
}

/** Whether a room is looked at under a configuration that it was not looked at before. */
export function wantsPass(
  row: Room,
  { mode, restored }: { mode: "active" | "passive"; restored: ReadonlySet<string> },
): boolean {
  if (row.owner === null) return pendingPrune(row) !== null;
  // What guardrails refused under an older configuration is judged again under this one.
  const isSettled = isInSync(row) && row.refusals.length === 0 && !restored.has(row.roomId);
  return mode === "active" || !isSettled;
}
