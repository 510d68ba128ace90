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
}

interface Sides {
  readonly before: RoomSpec[];
  readonly after: RoomSpec[];
}

/**
 * The rooms a commit touches, and what it takes out of each and puts into it. A room is followed over a move of its file. A
 * file that vanishes, changes its room, cannot be read, or shares its room with another file takes nothing out: what
 * becomes of such a room is not for a confirmation to say.
 */
export function roomChanges(record: CommitRecord, view: SpecView): ReadonlyMap<string, RoomChange> {
  const rooms = new Map<string, Sides>();
  const sidesOf = (roomId: string): Sides => {
    const sides = rooms.get(roomId) ?? { before: [], after: [] };
    rooms.set(roomId, sides);
    return sides;
  };
  for (const { path, before, after } of record.touches) {
    const old = specOf(before, view);
    const next = specOf(after, view);
    if (old !== null) sidesOf(old.spec.roomId).before.push(old);
    if (next !== null) sidesOf(next.spec.roomId).after.push(next);
    const last = old === null || next === null ? view.roomOfPath(path) : null;
    if (last !== null) sidesOf(last);
  }
  return new Map([...rooms].map(([roomId, sides]) => [roomId, changeOf(sides)]));
}

function specOf(oid: string | null, view: SpecView): RoomSpec | null {
  return oid === null ? null : (view.specs.get(oid) ?? null);
}

function changeOf({ before, after }: Sides): RoomChange {
  const [old] = before;
  const [next] = after;
  if (old === undefined || next === undefined || before.length > 1 || after.length > 1) {
    return { takenOut: [], putBack: [] };
  }
  return { takenOut: removedItems(old, next), putBack: removedItems(next, old) };
}
