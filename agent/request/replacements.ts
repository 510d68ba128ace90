import type { RoomInputs, Room } from "../room/room.ts";
import type { Store } from "../store/store.ts";
import type { Replacement } from "./requests.ts";

/** Knows what took the place of the inputs that a request asked about. */
export class Replacements {
  readonly #store: Pick<Store, "readRoom">;
  /** By room, the newest request that changed its inputs or its owner. */
  readonly #newest = new Map<string, { readonly digest: string | null; readonly id: string }>();

  constructor(store: Pick<Store, "readRoom">) {
    this.#store = store;
  }

  /** A request has posted these inputs, or (`digest` null) has released the room. */
  note(roomId: string, newest: { readonly digest: string | null; readonly id: string }): void {
    this.#newest.set(roomId, newest);
  }

  /** Null while `carried` is the room's newest. */
  async of(roomId: string, carried: RoomInputs | null): Promise<Replacement | null> {
    if (carried === null) return null;
    const row = await this.#store.readRoom(roomId);
    if (row === null) return { revision: null, correlationId: this.#idOf(roomId, null) };
    const isNewest = row.owner !== null && row.head?.digest === carried.digest;
    return isNewest ? null : this.#newestOf(row);
  }

  /** What the room's newest inputs are, and which request posted them; null: a commit did, or it is not known any more. */
  async newest(roomId: string): Promise<Replacement | null> {
    const row = await this.#store.readRoom(roomId);
    return row === null ? null : this.#newestOf(row);
  }

  #newestOf({ roomId, owner, head }: Room): Replacement {
    const digest = owner === null ? null : (head?.digest ?? null);
    const revision = owner === null ? null : (head?.revision ?? null);
    return { revision, correlationId: this.#idOf(roomId, digest) };
  }

  #idOf(roomId: string, digest: string | null): string | null {
    const noted = this.#newest.get(roomId);
    return noted?.digest === digest ? noted.id : null;
  }
}
