import { sameJson } from "../kernel/json.ts";
import { emptyRoom } from "../room/empty-room.ts";
import type { Room, RoomInputs } from "../room/room.ts";

/** Stands for what the room's head, or its line of commits, says already. */
const AS_HEAD = "head";

type Stored = Record<string, unknown>;

const EMPTY = emptyRoom("", null);
const BLANK: Stored = { ...EMPTY };

/**
 * A room as its row stores it. Most rooms are at their head and have nothing pending: members with the value of an empty room are
 * left out, and what equals the head is not written again. A migration that reads these members has to expect both.
 */
export function toStoredRoom(room: Room): object {
  const { roomId, version, head } = room;
  const stored: Stored = { roomId, version };
  for (const [name, value] of Object.entries(room)) {
    if (!isBlank(value, BLANK[name])) stored[name] = value;
  }
  if (head === null) return stored;
  for (const [name, value] of Object.entries(sharedWith(head, room.lineage))) {
    if (sameJson(stored[name], value)) stored[name] = AS_HEAD;
  }
  return stored;
}

/** The room again, with every member, whatever an older agent wrote out. */
export function fromStoredRoom(stored: object): Room {
  const room: Room = { ...EMPTY, ...stored };
  if (room.head === null) return room;
  const shared = Object.entries(sharedWith(room.head, room.lineage));
  const same = shared.filter(([name]) => Reflect.get(stored, name) === AS_HEAD);
  return { ...room, ...Object.fromEntries(same) };
}

/** What the members of a room say that is at `head` in all. */
function sharedWith(head: RoomInputs, lineage: string | null): Partial<Room> {
  const { digest, revision, specVersion, specDigest } = head;
  return {
    enforced: head,
    verified: head,
    observedRevision: revision,
    attemptedRevision: revision,
    appliedRevision: revision,
    verifiedRevision: revision,
    appliedVersion: { specVersion, specDigest, lineage },
    planConfirmed: digest,
  };
}

function isBlank(value: unknown, blank: unknown): boolean {
  return value === blank || (typeof blank === "object" && isEmpty(value) && isEmpty(blank));
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
