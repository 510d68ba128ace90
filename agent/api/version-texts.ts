import type { HistoryRow } from "../room/rows.ts";
import type { Store } from "../store/store.ts";
import { ProblemError } from "./problem.ts";
import { unknownRoom, type UnknownRoomDeps } from "./unknown-room.ts";

export type VersionStore = Pick<Store, "readRoom" | "readHistory" | "readSpecText">;

export interface VersionDeps extends UnknownRoomDeps {
  readonly store: VersionStore & UnknownRoomDeps["store"];
}

/** Of one version so many entries are looked at, the newest. */
const VERSION_ENTRIES = 1000;

export const NOT_KEPT =
  "the text is not kept any more: it goes after Store.RetentionDays unless the room still needs it; git has it at the revision";

/** What a room's history holds under one version, by content, newest first. Rejects with `UnknownRoom` or `UnknownVersion`. */
export async function versionContents(
  asked: { readonly roomId: string; readonly specVersion: number },
  deps: VersionDeps,
): Promise<readonly (readonly [string, readonly HistoryRow[]])[]> {
  const { roomId, specVersion } = asked;
  const rows = await deps.store.readHistory(roomId, { specVersion, count: VERSION_ENTRIES });
  if (rows.length === 0) {
    await checkKnown(roomId, deps);
    throw unknownVersion(roomId, specVersion);
  }
  return [...Map.groupBy(rows, ({ specDigest }) => specDigest)];
}

export async function checkKnown(roomId: string, deps: VersionDeps): Promise<void> {
  if ((await deps.store.readRoom(roomId)) === null) throw await unknownRoom(roomId, deps);
}

/** The newest text that is still there: one meaning may have been written in several ways. */
export async function textOf(
  rows: readonly HistoryRow[],
  store: VersionStore,
): Promise<Uint8Array | null> {
  for (const specOid of new Set(rows.map((row) => row.specOid))) {
    const bytes = await store.readSpecText(specOid);
    if (bytes !== null) return bytes;
  }
  return null;
}

function unknownVersion(roomId: string, specVersion: number): ProblemError {
  return new ProblemError(
    "UnknownVersion",
    `the history of room ${roomId} holds no version ${specVersion}: GET /rooms/${roomId}/history lists what it holds, ` +
      "which goes back Store.RetentionDays",
  );
}
