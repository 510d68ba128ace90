import type { Room } from "../room/room.ts";
import { sourcesOfRoom } from "../room/sources-of-room.ts";

/** True when a room was verified at its newest inputs, nothing is wrong with those, and they are its source's. */
export function isInSync(row: Room): boolean {
  if (row.overridden || row.rewritten !== null) return false;
  return row.headProblem === null && row.head !== null && row.verified?.digest === row.head.digest;
}

/**
 * Which rooms hold their source back, so that the moment at which a source is synced is noticed without looking through all
 * of its rooms.
 */
export class SyncTracker {
  readonly #behind = new Map<string, Set<string>>();

  /** Notes a room as it is now. True when this very room was the last to hold its source back. */
  note(row: Room): boolean {
    const of = sourcesOfRoom(row);
    for (const [source, rooms] of this.#behind) if (!of.includes(source)) rooms.delete(row.roomId);
    const isBehind = !isInSync(row);
    let isLast = false;
    for (const source of of) {
      const rooms = this.#behind.get(source) ?? new Set();
      this.#behind.set(source, rooms);
      if (isBehind) rooms.add(row.roomId);
      else isLast = rooms.delete(row.roomId) && rooms.size === 0;
    }
    return isLast;
  }

  /** A room that is not known any more holds nothing back. */
  forget(roomId: string): void {
    for (const rooms of this.#behind.values()) rooms.delete(roomId);
  }

  isSynced(source: string): boolean {
    return (this.#behind.get(source)?.size ?? 0) === 0;
  }
}
