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
}

interface Side {
  readonly oid: string;
  readonly spec: RoomSpec;
}

interface Sides {
  readonly before: Side[];
  readonly after: Side[];
  reseeded: boolean;
}

/**
 * The rooms a commit touches, and what it takes out of each and puts into it. A room is followed over a move of its file. A
 * file that vanishes, changes its room, cannot be read, or shares its room with another file takes nothing out: what
 * becomes of such a room is not for a confirmation to say.
 */
export function roomChanges(record: CommitRecord, view: SpecView): ReadonlyMap<string, RoomChange> {
  const rooms = new Map<string, Sides>();
  const sidesOf = (roomId: string): Sides => {
    const sides = rooms.get(roomId) ?? { before: [], after: [], reseeded: false };
    rooms.set(roomId, sides);
    return sides;
  };
  for (const { path, before, after } of record.touches) {
    const old = sideOf(before, view);
    const next = sideOf(after, view);
    if (old !== null) sidesOf(old.spec.spec.roomId).before.push(old);
    if (next !== null) sidesOf(next.spec.spec.roomId).after.push(next);
    if (next !== null && before === after) sidesOf(next.spec.spec.roomId).reseeded = true;
    const last = old === null || next === null ? view.roomOfPath(path) : null;
    if (last !== null) sidesOf(last);
  }
  return new Map([...rooms].map(([roomId, sides]) => [roomId, changeOf(sides)]));
}

function sideOf(oid: string | null, view: SpecView): Side | null {
  const spec = oid === null ? undefined : view.specs.get(oid);
  return oid === null || spec === undefined || spec === null ? null : { oid, spec };
}

function changeOf({ before, after, reseeded }: Sides): RoomChange {
  const old = before.length === 1 ? before[0] : undefined;
  const next = after.length === 1 ? after[0] : undefined;
  const files = { was: old?.oid ?? null, is: next?.oid ?? null, reseeded };
  if (old === undefined || next === undefined) return { takenOut: [], putBack: [], ...files };
  return {
    takenOut: removedItems(old.spec, next.spec),
    putBack: removedItems(next.spec, old.spec),
    ...files,
  };
}
