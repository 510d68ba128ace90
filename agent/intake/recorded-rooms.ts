import { inSteps } from "../kernel/in-turns.ts";
import type { RoomOwner } from "../room/room.ts";

export interface RoomOnRecord {
  readonly roomId: string;
  readonly owner: RoomOwner | null;
  /** True when the configuration took it from its owner: it has no owner and is not an orphan. Absent: false. */
  readonly lost?: boolean;
}

/** A room that the source owns, with its recorded file. */
export interface OwnedRoom {
  readonly roomId: string;
  readonly path: string;
}

/** The rooms on record, from the view of one source. */
export interface RecordedRooms {
  /** By id. */
  readonly owned: readonly OwnedRoom[];
  readonly ownedIds: ReadonlySet<string>;
  /** Those that the source does not own, with their rightful owner. */
  readonly others: ReadonlyMap<
    string,
    { readonly owner: RoomOwner | null; readonly isLost: boolean }
  >;
}

interface Given {
  readonly source: string;
  readonly rooms: readonly RoomOnRecord[];
  readonly mayManage: (source: string, roomId: string) => boolean;
}

/** In steps. */
export function* recordedRooms(given: Given): Generator<void, RecordedRooms> {
  const owned: OwnedRoom[] = [];
  const ownedIds = new Set<string>();
  const others = new Map<string, { owner: RoomOwner | null; isLost: boolean }>();
  yield* inSteps(given.rooms, (room) => {
    const { roomId, lost = false } = room;
    const owner = rightfulOwner(room, given);
    if (owner?.kind === "git" && owner.source === given.source) {
      owned.push({ roomId, path: owner.path });
      ownedIds.add(roomId);
    } else others.set(roomId, { owner, isLost: lost });
  });
  return { owned: owned.sort((a, b) => (a.roomId < b.roomId ? -1 : 1)), ownedIds, others };
}

/** The room last seen at a path. Few files are broken, and nothing else is asked for. */
export function lastSeenAmong(owned: readonly OwnedRoom[]): (path: string) => string | undefined {
  let seen: ReadonlyMap<string, string> | null = null;
  return (path) => {
    seen ??= new Map(owned.map((room) => [room.path, room.roomId]));
    return seen.get(path);
  };
}

/** Null also where the owner on record may not manage the room. */
function rightfulOwner({ roomId, owner }: RoomOnRecord, { mayManage }: Given): RoomOwner | null {
  if (owner?.kind !== "git") return owner;
  return mayManage(owner.source, roomId) ? owner : null;
}
