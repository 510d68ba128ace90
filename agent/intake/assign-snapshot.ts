import type { RoomIntents } from "../intent/commit-intents.ts";
import type { FileRow } from "../room/rows.ts";
import { assignRooms, type Assignment } from "./assign-rooms.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import type { SnapshotGiven } from "./settle-snapshot.ts";

/** The files of a snapshot by path, and what its commits say. */
export interface SnapshotFiles {
  /** All of them, whether they were read or not. */
  readonly present: ReadonlySet<string>;
  /** Those that were read and whose rooms wait for the whole picture. */
  readonly deferred: ReadonlyMap<string, FileRow>;
  /** Why a file must not be read. */
  readonly ignored: ReadonlyMap<string, string>;
  readonly intents: RoomIntents;
}

/** Who owns what of a source after a snapshot. */
export function assignSnapshot(
  { source, index }: Pick<SnapshotGiven, "source" | "index">,
  { owners, claimsElsewhere, mayManage }: IntakeDeps,
  { present, deferred, ignored, intents }: SnapshotFiles,
): Assignment {
  const known = [...index.files()].filter(({ path }) => present.has(path) && !deferred.has(path));
  const files = [...known, ...deferred.values()].filter(({ path }) => !ignored.has(path));
  return assignRooms({
    source: source.name,
    files,
    ignored,
    rooms: owners.all(),
    mayManage,
    claimsElsewhere: (roomId) => claimsElsewhere(roomId, source.name),
    allowEmpty: source.allowEmpty,
    ...(source.spec.withoutCommits === true ? { withoutCommits: true } : {}),
    confirmedByName: new Set(
      [...intents.rooms].flatMap(([roomId, intent]) => (intent.confirmedByName ? [roomId] : [])),
    ),
  });
}
