import type { Room } from "../room/room.ts";
import { roomBlobs, type BlobRef } from "./blob-refs.ts";

/** Characters of all documents together. */
const MOST_CHARS = 1024 * 1024;

/** A room's row. Whoever reads it gets a room of its own. */
export interface CachedRoom {
  readonly roomId: string;
  readonly version: number;
  /** As it is in the file. */
  readonly document: string;
  readonly blobs: readonly BlobRef[];
}

/**
 * The rooms that were read or written last, as the connection that writes sees them: a pass reads its room several times between
 * two writes. No other process writes the file, so a row changes only where its new form is set here; a rollback clears it.
 */
export class RoomCache {
  /** From the one used longest ago to the one used last. */
  readonly #rooms = new Map<string, CachedRoom>();
  #chars = 0;

  get(roomId: string): CachedRoom | undefined {
    const found = this.#rooms.get(roomId);
    if (found !== undefined) {
      this.#rooms.delete(roomId);
      this.#rooms.set(roomId, found);
    }
    return found;
  }

  set(cached: CachedRoom): void {
    const { roomId } = cached;
    this.delete(roomId);
    this.#rooms.set(roomId, cached);
    this.#chars += cached.document.length;
    for (const oldest of this.#rooms.keys()) {
      if (this.#chars <= MOST_CHARS) break;
      this.delete(oldest);
    }
  }

  delete(roomId: string): void {
    this.#chars -= this.#rooms.get(roomId)?.document.length ?? 0;
    this.#rooms.delete(roomId);
  }

  clear(): void {
    this.#rooms.clear();
    this.#chars = 0;
  }
}

export function cachedRoom(room: Room, document: string): CachedRoom {
  const { roomId, version } = room;
  return { roomId, version, document, blobs: roomBlobs(room) };
}
