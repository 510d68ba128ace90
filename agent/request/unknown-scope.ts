import { quoted } from "../kernel/quoted.ts";
import type { SuspendScope } from "../room/suspension.ts";
import { meantRoom } from "../store/meant-room.ts";
import type { Store } from "../store/store.ts";
import type { CommandRejected } from "./requests.ts";

/** Why a scope cannot be suspended or resumed; null: it is known. */
export async function unknownScope(
  scope: SuspendScope,
  deps: {
    readonly store: Pick<Store, "readRoom" | "readRoomIds">;
    readonly sourceNames: Pick<ReadonlySet<string>, "has">;
  },
): Promise<CommandRejected | null> {
  const { store, sourceNames } = deps;
  if (scope.kind === "room" && (await store.readRoom(scope.roomId)) === null)
    return rejected(
      404,
      "UnknownRoom",
      `no room ${quoted(scope.roomId)} is known here${await meantRoom(scope.roomId, store)} GET /status lists all rooms`,
    );
  if (scope.kind === "source" && !sourceNames.has(scope.source))
    return rejected(
      404,
      "UnknownSource",
      `no source ${quoted(scope.source)} is configured: GET /status lists all sources`,
    );
  return null;
}

export function rejected(status: 404 | 409, code: string, detail: string): CommandRejected {
  return { kind: "rejected", status, code, detail };
}
