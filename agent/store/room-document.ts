import { sameJson } from "../kernel/json.ts";
import { emptyRoom } from "../room/empty-room.ts";
import type { Room, RoomInputs } from "../room/room.ts";

/** Stands for what the room's head, or its line of commits, says already. */
const AS_HEAD = "head";

type Stored = Record<string, unknown>;

const EMPTY = emptyRoom("", null);

/**
 * A room as its row stores it. Most rooms are at their head and have nothing pending: members with the value of an empty room are
 * left out, and what equals the head is not written again. A migration that reads these members has to expect both.
 */
export function toStoredRoom(room: Room): object {
  const { roomId, version, head } = room;
  const stored: Stored = { roomId, version };
  for (const name of namesOf(room)) {
    if (!isBlank(room[name], EMPTY[name])) stored[name] = room[name];
  }
  if (head === null) return stored;
  const shared = sharedWith(head, room.lineage);
  for (const name of namesOf(shared)) {
    if (sameJson(stored[name], shared[name])) stored[name] = AS_HEAD;
  }
  return stored;
}

/** The document of a stored room with its next version, made of the one with its version now: that is its beginning. */
export function nextDocument(document: string, room: Pick<Room, "roomId" | "version">): string {
  const beginning = beginningOf(room);
  if (!document.startsWith(beginning)) throw new TypeError(`not a document of ${room.roomId}`);
  const next = beginningOf({ ...room, version: room.version + 1 });
  return next + document.slice(beginning.length);
}

function beginningOf({ roomId, version }: Pick<Room, "roomId" | "version">): string {
  return JSON.stringify({ roomId, version }).slice(0, -1);
}

/** The room again, with every member, whatever an older agent wrote out. */
export function fromStoredRoom(stored: object): Room {
  const room: Room = { ...EMPTY, ...stored };
  if (room.head === null) return room;
  const shared = sharedWith(room.head, room.lineage);
  const same: Stored = {};
  for (const name of namesOf(shared))
    if (Reflect.get(stored, name) === AS_HEAD) same[name] = shared[name];
  return { ...room, ...same };
}

function namesOf(room: Partial<Room>): readonly (keyof Room)[] {
  return Object.keys(room) as (keyof Room)[];
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
