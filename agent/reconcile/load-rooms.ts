import type { RoomRow } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import { RoomOwners } from "./source-index.ts";
import { isInSync, SyncTracker } from "./sync-tracker.ts";

export interface LoadedRooms {
  readonly owners: RoomOwners;
  readonly tracker: SyncTracker;
  /** The rooms that want a pass from the start. */
  readonly wanted: readonly string[];
}

/**
 * What the agent has to know of its rooms when it starts. A room whose source is not configured any more keeps its row, but
 * nobody owns it: it gets no pass, and another source may claim it. A room with open intents always gets one, the others
 * that somebody owns do unless they are settled and `passive` leaves those alone.
 */
export async function loadRooms(
  store: Pick<Store, "readRooms" | "readOpenIntents">,
  given: {
    readonly sources: ReadonlySet<string>;
    readonly mode: "active" | "passive";
    /** Called with each row. */
    readonly onRoom?: (row: RoomRow) => void;
  },
): Promise<LoadedRooms> {
  const owners = new RoomOwners();
  const tracker = new SyncTracker();
  const wanted = new Set((await store.readOpenIntents()).map(({ roomId }) => roomId));
  for (const row of await store.readRooms()) {
    given.onRoom?.(row);
    const owner = ownerNow(row, given.sources);
    owners.set(row.roomId, { owner, troubled: row.headProblem !== null });
    if (owner === null) continue;
    tracker.note(row);
    if (given.mode === "active" || !isInSync(row)) wanted.add(row.roomId);
  }
  return { owners, tracker, wanted: [...wanted] };
}

function ownerNow({ owner }: RoomRow, sources: ReadonlySet<string>): RoomRow["owner"] {
  return owner?.kind === "git" && !sources.has(owner.source) ? null : owner;
}
