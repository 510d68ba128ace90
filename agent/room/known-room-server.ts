import type { ServerMove } from "./room-in-doubt.ts";

/** The RoomServer that the rooms are on, and since when (ISO time). */
export interface KnownRoomServer {
  readonly baseUrl: string;
  readonly since: string;
  /** The last change that was noted in all rooms; absent: there was none. */
  readonly moved?: ServerMove;
  /** The change to another one that has begun; absent: none has. */
  readonly changing?: ServerChange;
}

/** A change of the RoomServer, and how far it is noted in the rooms. */
export interface ServerChange extends ServerMove {
  readonly correlationId: string;
  /** Id of the last room that it is noted in; null: in none. */
  readonly after: string | null;
  /** Rooms that are in doubt since. */
  readonly rooms: number;
  /** What ended with it. */
  readonly confirmations: number;
  readonly intents: number;
  readonly rollbacks: number;
}
