import type { HttpAccess } from "../http/http-access.ts";
import type { RoomCallerOptions } from "./room-caller.ts";
import type { RoomServer } from "./room-server.ts";

/** Makes the RoomServer that a configuration names. It sends no request before its first call. */
export type OpenRoomServer = (options: RoomServerOptions) => RoomServer;

export interface RoomServerOptions extends RoomCallerOptions {
  /** http or https; may end in a path; carries no credentials. */
  readonly baseUrl: string;
  /**
   * Asked before each request. Undefined, blank and the literal `${ROOM_AUTH_TOKEN}` mean no token; rejects with OperatorError
   * `CredentialUnreadable` when its file cannot be read.
   */
  readonly token: () => Promise<string | undefined>;
  /** The file that `token` reads, for messages; absent: none. */
  readonly tokenFile?: string;
  /** How the server is reached, asked at each use; rejects when a file of it cannot be used. Absent: directly. */
  readonly access?: () => Promise<HttpAccess>;
  /** The word before the token in `Authorization`. */
  readonly tokenType: string;
  /** Of one request, to the last byte of its answer, ms. */
  readonly timeoutMs: number;
  /** The same for a seed. */
  readonly uploadTimeoutMs: number;
}
