import type { GitObjectStore } from "./objects/git-object-store.ts";
import type { OtherFile } from "./git-spec-listing.ts";
import { saysRoomSpec, UNREAD_LIMITS } from "../unread-specs.ts";

interface Readable {
  readonly objects: GitObjectStore;
  unlessDamaged<T>(read: () => T): T | null;
}

/**
 * Which files that are not read because of their name say that they are a RoomSpec. Each blob is read once; one that the clone does
 * not have is not fetched, because it may be of any size: its file says what it said in the snapshot before. Speaks of blobs by their id, so it outlives the clone.
 */
export class UnreadSpecs {
  #judged: ReadonlyMap<string, boolean> = new Map();

  /** The paths of those that say so. `known`: those that did in the snapshot before. */
  among(others: readonly OtherFile[], from: Readable, known: readonly string[]): readonly string[] {
    const judged = new Map<string, boolean>();
    const paths = others.filter(({ path, oid }) => {
      const says = judged.get(oid) ?? this.#judged.get(oid) ?? judge(oid, from);
      if (says !== null) judged.set(oid, says);
      return says ?? known.includes(path);
    });
    this.#judged = judged;
    return paths.map(({ path }) => path).sort();
  }
}

/** Null: it is not here. */
function judge(oid: string, from: Readable): boolean | null {
  const { objects } = from;
  return from.unlessDamaged(() => {
    const size = objects.sizeOf(oid);
    if (size === null) return null;
    return size <= UNREAD_LIMITS.bytes && saysRoomSpec(objects.read(oid, "blob"));
  });
}
