import type { Item } from "../../agent/plan/item.ts";
import type { RoomState } from "../../agent/plan/room-state.ts";
import type { Room } from "../../agent/room/room.ts";
import type { FakeRoomServer } from "../support/fake-room-server.ts";
import type { Holding } from "./model-law.ts";

/** `StaleTolerance`: a second read decides not before so long. */
export const TOLERANCE_MS = 5000;

/** What rooms truly are, and what the agent saw of them last. */
export class ModelEyes {
  readonly #server: FakeRoomServer;
  readonly #nowMs: () => number;
  /** What was shown last of a room, where that was not true. */
  readonly #lies = new Map<string, RoomState>();
  /** Rooms that were shown as a second read has to decide on, and when a lie was told last. */
  readonly #doubts = new Map<string, number>();

  constructor(server: FakeRoomServer, nowMs: () => number) {
    this.#server = server;
    this.#nowMs = nowMs;
  }

  /** The agent has just read a room that it knows as `row`; `lie`: what it was shown, null where that was true. */
  showed(row: Known | null, roomId: string, lie: RoomState | null): void {
    if (lie === null) this.#lies.delete(roomId);
    else this.#lies.set(roomId, lie);
    const sinceMs = this.#doubts.get(roomId);
    const isDecided = sinceMs !== undefined && this.#nowMs() >= sinceMs + TOLERANCE_MS;
    if (lie !== null && lie.roomId === roomId) this.#doubts.set(roomId, this.#nowMs());
    else if (isDecided) this.#doubts.delete(roomId);
    // The truth may look like a lie: writes were lost, or somebody else removed what the agent put there.
    else if (lacksMost(row, this.found(roomId))) this.#doubts.set(roomId, sinceMs ?? this.#nowMs());
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
  isOdd(row: Known | null, roomId: string): boolean {
    const lie = this.#lies.get(roomId);
    if (lie === undefined) return false;
    return lie.roomId !== roomId || lacksMost(row, toHolding(lie));
  }
}

/**
 * The revision that a written row says the room is at, which must be true at this very moment; null where it says nothing new.
 * A pass that calls a room converged has just read it, be the revision an old one.
 */
export function claimOf(row: Room, before: Room | null): string | null {
  const isPass = row.lastReconcile !== before?.lastReconcile && row.lastOutcome === "converged";
  const isNew = row.verified?.revision !== before?.verified?.revision;
  return isPass || isNew ? (row.verified?.revision ?? null) : null;
}

type Known = Pick<Room, "inventory">;

function lacksMost(row: Known | null, seen: Holding): boolean {
  const put = (row?.inventory ?? []).filter((item) => /^(?:entity|artifact)\//.test(item));
  const missing = put.filter((item) => !seen.has(item));
  return missing.length * 2 > put.length;
}

function toHolding({ entities, artifacts }: RoomState): Holding {
  return new Map<Item, string>([
    ...entities.map(({ id, displayName }): [Item, string] => [`entity/${id}`, displayName ?? ""]),
    ...artifacts.map((a): [Item, string] => [`artifact/${a.name}`, String(a.fingerprint)]),
  ]);
}
