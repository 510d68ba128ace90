import { OperatorError } from "../kernel/errors.ts";
import { KeyedLock } from "../kernel/keyed-lock.ts";
import type { Room } from "../room/room.ts";
import type { Store, StoreChange } from "./store.ts";
import { afterPass } from "../room/after-pass.ts";
import { inEpoch } from "../room/plan-epoch.ts";

/** A room that other writers change this often in a row is left for the next pass. */
const MOST_TRIES = 5;

/** What follows from rows as they are: what to write, and what to tell the caller once it is written. */
export interface RoomUpdate<T> {
  readonly changes: readonly StoreChange[];
  readonly result: T;
}

/**
 * Every change of a room's row goes through here. Snapshots, people and passes change the same row at the same time; each
 * reads it again before it writes, one after the other, and a pass writes only what passes decide.
 */
export class RoomWriter {
  readonly #store: Pick<Store, "readRoom" | "readPlanEpoch" | "write">;
  readonly #written: (row: Room) => void;
  readonly #forgotten: (roomId: string) => void;
  readonly #lock = new KeyedLock();

  /** `written` is called with each row that has been written, `forgotten` with each room whose row is gone. */
  constructor(
    store: Pick<Store, "readRoom" | "readPlanEpoch" | "write">,
    written: (row: Room) => void = () => undefined,
    forgotten: (roomId: string) => void = () => undefined,
  ) {
    this.#store = store;
    this.#written = written;
    this.#forgotten = forgotten;
  }

  /**
   * Reads each room, lets `change` say what follows, and writes all of it at once. `change` is called again where another
   * writer came in between; the result is that of the call whose changes were written.
   */
  async update<T>(
    roomIds: readonly string[],
    change: (rows: ReadonlyMap<string, Room | null>) => Promise<RoomUpdate<T>>,
  ): Promise<T> {
    return this.#locked(roomIds, async () => {
      const rows = new Map<string, Room | null>();
      for (const roomId of roomIds) rows.set(roomId, await this.#store.readRoom(roomId));
      const { changes: asked, result } = await change(rows);
      const changes = await this.#begun(asked, rows);
      await this.#store.write(changes);
      for (const each of changes) {
        if (each.kind === "room") this.#written(each.row);
        if (each.kind === "roomForgotten") this.#forgotten(each.roomId);
      }
      return result;
    });
  }

  /** Runs `work` alone among the writers of this process, and again after a writer of another one. */
  #locked<T>(roomIds: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.#lock.run(roomIds, async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await work();
        } catch (error) {
          if (tries === MOST_TRIES || !isConflict(error)) throw error;
        }
      }
    });
  }

  /** Rows that were not there before begin in the store's epoch of plan names. */
  async #begun(
    changes: readonly StoreChange[],
    rows: ReadonlyMap<string, Room | null>,
  ): Promise<readonly StoreChange[]> {
    const isNew = (each: StoreChange) => each.kind === "room" && rows.get(each.row.roomId) === null;
    if (!changes.some(isNew)) return changes;
    const epoch = await this.#store.readPlanEpoch();
    return changes.map((each) =>
      each.kind === "room" && isNew(each) ? { ...each, row: inEpoch(each.row, epoch) } : each,
    );
  }

  /**
   * Writes what a pass made of `before`: its own members from `after`, the rest as it is by now. Gives back the row that was
   * written.
   */
  async writePass(
    pass: { readonly before: Room; readonly after: Room },
    changes: readonly StoreChange[],
  ): Promise<Room> {
    const { roomId } = pass.before;
    return this.#locked([roomId], async () => {
      const now = await this.#store.readRoom(roomId);
      // Forgotten meanwhile: what was done is still recorded, the room does not come back.
      if (now === null) {
        await this.#store.write(changes);
        return pass.after;
      }
      const row = afterPass(now, pass);
      await this.#store.write([{ kind: "room", row }, ...changes]);
      this.#written(row);
      return row;
    });
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof OperatorError && error.code === "StoreConflict";
}
