import type { SourceRow } from "../room/rows.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { Assignment } from "./assign-rooms.ts";
import { judgeGone, toPruneMark } from "./gone-rooms.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { renamedTo } from "./not-read.ts";
import type { RoomNews } from "./room-news.ts";
import type { SnapshotGiven } from "./settle-snapshot.ts";
import type { SourceIndex } from "./source-index.ts";

interface GoneGiven extends Pick<SnapshotGiven, "source" | "record" | "revision"> {
  readonly range: CommitRange;
  readonly files: Assignment["files"];
  /** Of the snapshot. */
  readonly warnings: SourceRow["warnings"];
}

/** What a snapshot says of a room of which no file is left. */
export function goneNewsIn(
  { source, record, revision, range, files, warnings }: GoneGiven,
  { owners, claimsElsewhere, clock }: Pick<IntakeDeps, "owners" | "claimsElsewhere" | "clock">,
): (roomId: string) => RoomNews {
  const { name, prunes = false, spec } = source;
  let paths: ReadonlySet<string> | null = null;
  return (roomId) => {
    paths ??= new Set(files.map((file) => file.path));
    const owner = owners.get(roomId);
    const path = owner?.kind === "git" ? owner.path : "";
    const renamed = renamedTo(path, { before: record.row.warnings, now: warnings });
    const judged = judgeGone({
      prunes,
      path,
      range,
      withoutCommits: spec.withoutCommits === true,
      isSameRef: record.row.observedRef === source.ref,
      files: files.length,
      renamedTo: renamed,
      hasOtherRoom: paths.has(path),
      isClaimedElsewhere: claimsElsewhere(roomId, name).length > 0,
    });
    const emptied =
      files.length > 0 || source.allowEmpty || spec.withoutCommits === true
        ? {}
        : { emptied: true };
    if (judged.kind === "orphan") {
      const notRead = renamed === null ? {} : { notRead: { source: name, path: renamed } };
      return { kind: "gone", prune: null, why: judged.why, ...notRead, ...emptied };
    }
    const at = { source: name, path, revision, nowMs: clock.nowMs() };
    return { kind: "gone", prune: toPruneMark(judged.removedBy, at), why: "" };
  };
}

/** The rooms that are gone with a file that was not valid: what it was holds a prune of theirs until the snapshot is settled. */
export function brokenBefore(
  { rooms }: Assignment,
  index: Pick<SourceIndex, "get">,
  { owners }: Pick<IntakeDeps, "owners">,
): readonly string[] {
  const isBroken = (roomId: string) => {
    const owner = owners.get(roomId);
    return owner?.kind === "git" && index.get(owner.path)?.valid === false;
  };
  return rooms.flatMap(({ kind, roomId }) => (kind === "gone" && isBroken(roomId) ? [roomId] : []));
}
