import type { Item } from "../plan/item.ts";
import { removedItems } from "../plan/removals.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import type { CommitRecord } from "../source/spec-source.ts";

/** What the specs of a range are looked up in. */
export interface SpecView {
  /** By blob id; null: not a usable spec. An id that was not asked for is missing. */
  readonly specs: ReadonlyMap<string, RoomSpec | null>;
  /** The room last seen at a path, in the snapshot before this fetch; null: none. */
  readonly roomOfPath: (path: string) => string | null;
}

/** What a commit does to one room's spec, against its first parent. */
export interface RoomChange {
  readonly takenOut: readonly Item[];
  readonly putBack: readonly Item[];
  /** Blob ids of its spec on both sides; null where there is not exactly one good one. */
  readonly was: string | null;
  readonly is: string | null;
  /** A seed of it changed under a spec that did not. */
  readonly reseeded: boolean;
  /** Its only file is removed. */
  readonly isRemoved: boolean;
  /** No file of it is left: its only one is removed, or names another room. */
  readonly isLost: boolean;
}

interface Side {
  readonly oid: string;
  readonly spec: RoomSpec;
}

interface Sides {
  readonly before: Side[];
  readonly after: Side[];
  reseeded: boolean;
  /** Files that are changed and stay. */
  kept: number;
  /** Those of them that are no good any more. */
  broken: number;
}

/** What one version of a room's spec takes out of another, and puts into it. */
type Difference = Pick<RoomChange, "takenOut" | "putBack">;

/** Differences that are kept: commits that go to and fro between a few versions cost next to nothing. */
const MOST_KEPT = 16;

/** Computes what one commit after the other does to rooms. */
export class RoomChanges {
  readonly #view: SpecView;
  /** By the blob ids of both sides, the one that was used last at the end. */
  readonly #kept = new Map<string, Difference>();

  constructor(view: SpecView) {
    this.#view = view;
  }

  /**
   * The rooms a commit touches, and what it takes out of each and puts into it. A room is followed over a move of its file. A
   * file that vanishes, changes its room, cannot be read, or shares its room with another file takes nothing out: what
   * becomes of such a room is not for a confirmation to say.
   */
  of(record: CommitRecord): ReadonlyMap<string, RoomChange> {
    const rooms = new Map<string, Sides>();
    const sidesOf = (roomId: string): Sides => {
      const sides = rooms.get(roomId) ?? {
        before: [],
        after: [],
        reseeded: false,
        kept: 0,
        broken: 0,
      };
      rooms.set(roomId, sides);
      return sides;
    };
    for (const { path, before, after } of record.touches) {
      const old = this.#sideOf(before);
      const next = this.#sideOf(after);
      if (old !== null) {
        const sides = sidesOf(old.spec.spec.roomId);
        sides.before.push(old);
        if (after !== null) sides.kept += 1;
        if (after !== null && next === null) sides.broken += 1;
      }
      if (next !== null) sidesOf(next.spec.spec.roomId).after.push(next);
      if (next !== null && before === after) sidesOf(next.spec.spec.roomId).reseeded = true;
      const last = old === null || next === null ? this.#view.roomOfPath(path) : null;
      if (last !== null) sidesOf(last);
    }
    return new Map([...rooms].map(([roomId, sides]) => [roomId, this.#changeOf(sides)]));
  }

  #sideOf(oid: string | null): Side | null {
    const spec = oid === null ? undefined : this.#view.specs.get(oid);
    return oid === null || spec === undefined || spec === null ? null : { oid, spec };
  }

  #changeOf({ before, after, reseeded, kept, broken }: Sides): RoomChange {
    const old = before.length === 1 ? before[0] : undefined;
    const next = after.length === 1 ? after[0] : undefined;
    const isRemoved = old !== undefined && after.length === 0 && kept === 0;
    const isLost = old !== undefined && after.length === 0 && broken === 0;
    const files = { was: old?.oid ?? null, is: next?.oid ?? null, reseeded, isRemoved, isLost };
    if (next === undefined) return { takenOut: [], putBack: [], ...files };
    // What the file said before cannot be read: it may have been anything.
    if (old === undefined)
      return { takenOut: [], putBack: removedItems(next.spec, null), ...files };
    return { ...this.#difference(old, next), ...files };
  }

  #difference(old: Side, next: Side): Difference {
    const key = `${old.oid} ${next.oid}`;
    const difference = this.#kept.get(key) ?? {
      takenOut: removedItems(old.spec, next.spec),
      putBack: removedItems(next.spec, old.spec),
    };
    this.#kept.delete(key);
    this.#kept.set(key, difference);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return difference;
  }
}
