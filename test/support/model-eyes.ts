import type { Item } from "../../agent/plan/item.ts";
import type { RoomState } from "../../agent/plan/room-state.ts";
import type { RoomRow } from "../../agent/store/rows.ts";
import type { FakeRoomServer } from "./fake-room-server.ts";
import type { Holding } from "./model-law.ts";

/** `StaleTolerance`: a second read decides not before so long. */
export const TOLERANCE_MS = 5000;

/** What rooms truly are, and what the agent saw of them last. */
export class ModelEyes {
  readonly #server: FakeRoomServer;
  readonly #nowMs: () => number;
  /** What was shown last of a room, where that was not true. */
  readonly #lies = new Map<string, RoomState>();
  /** Rooms of which a lie was told that a second read has to decide on, and when it was told last. */
  readonly #doubts = new Map<string, number>();

  constructor(server: FakeRoomServer, nowMs: () => number) {
    this.#server = server;
    this.#nowMs = nowMs;
  }

  /** The agent has just read a room; `lie`: what it was shown, null where that was true. */
  showed(roomId: string, lie: RoomState | null): void {
    if (lie === null) this.#lies.delete(roomId);
    else this.#lies.set(roomId, lie);
    const sinceMs = this.#doubts.get(roomId);
    if (lie !== null && lie.roomId === roomId) this.#doubts.set(roomId, this.#nowMs());
    else if (sinceMs !== undefined && this.#nowMs() >= sinceMs + TOLERANCE_MS)
      this.#doubts.delete(roomId);
  }

  /** True until a second read may have decided; the agent may know nothing of it, when it died before it could note it. */
  isDoubted(roomId: string): boolean {
    return this.#doubts.has(roomId);
  }

  found(roomId: string): Holding {
    return toHolding(this.#server.room(roomId));
  }

  seen(roomId: string): Holding {
    const lie = this.#lies.get(roomId);
    return lie === undefined ? this.found(roomId) : toHolding(lie);
  }

  /** What it saw cannot be the room it made: another one, or one with less than half of what it put there. */
  isOdd(row: Pick<RoomRow, "inventory"> | null, roomId: string): boolean {
    const lie = this.#lies.get(roomId);
    if (lie === undefined) return false;
    const seen = toHolding(lie);
    const put = (row?.inventory ?? []).filter((item) => /^(?:entity|artifact)\//.test(item));
    const missing = put.filter((item) => !seen.has(item));
    return lie.roomId !== roomId || missing.length * 2 > put.length;
  }
}

function toHolding({ entities, artifacts }: RoomState): Holding {
  return new Map<Item, string>([
    ...entities.map(({ id }): [Item, string] => [`entity/${id}`, ""]),
    ...artifacts.map((a): [Item, string] => [`artifact/${a.name}`, String(a.fingerprint)]),
  ]);
}
