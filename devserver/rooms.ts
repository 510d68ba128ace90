import { artifactFingerprint } from "../agent/spec/fingerprint.ts";
import type { RoomBody } from "./bodies.ts";
import { emptyRoom } from "./room.ts";
import type { Artifact, Change, Room } from "./room.ts";

/** All rooms of a devserver, in memory. */
export interface Rooms {
  /** A room nobody wrote to is an empty one. */
  get(roomId: string): Room;
  /** Those that something was ever written to, by id. */
  list(): readonly Room[];
  /** Makes one change and keeps what came of it. */
  change(roomId: string, make: (room: Room) => Change): Change;
  put(room: Room): void;
  /** Forgets everything, as a server does that restarts with an empty store. */
  clear(): void;
  /** Every room as it is now, whatever is changed later. */
  snapshot(): (roomId: string) => Room;
}

export function createRooms(): Rooms {
  const rooms = new Map<string, Room>();
  const get = (roomId: string): Room => rooms.get(roomId) ?? emptyRoom(roomId);
  return {
    get,
    list: () => [...rooms.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    change: (roomId, make) => {
      const change = make(get(roomId));
      if (change.effect) rooms.set(roomId, change.room);
      return change;
    },
    put: (room) => {
      rooms.set(room.id, room);
    },
    clear: () => rooms.clear(),
    snapshot: () => {
      const kept = new Map(rooms);
      return (roomId) => kept.get(roomId) ?? emptyRoom(roomId);
    },
  };
}

/** The room a `PUT /_dev/rooms/{id}` describes. */
export function toRoom(roomId: string, body: RoomBody, nowMs: number): Room {
  return {
    ...emptyRoom(roomId),
    entities: body.entities,
    artifacts: body.artifacts.map((sent) => toArtifact(sent, nowMs)),
    policies: body.policies,
    resources: body.resources,
    updatedMs: nowMs,
  };
}

function toArtifact(sent: RoomBody["artifacts"][number], nowMs: number): Artifact {
  const { name, type, workspace, tags, isPromoted, content, createdAt } = sent;
  const bytes = new TextEncoder().encode(content ?? "");
  const made = artifactFingerprint({ name, type, workspace, tags }, bytes);
  // A shown artifact that gets a `content` still has the hash of the old one.
  const isMade = content !== undefined || sent.hash === undefined;
  const { hash = made, size = 0 } = isMade ? { hash: made, size: bytes.byteLength } : sent;
  const createdMs = createdAt === undefined ? nowMs : Date.parse(createdAt);
  return { name, type, workspace, tags, hash, size, createdMs, isPromoted };
}
