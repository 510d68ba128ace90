import type { SourceRow } from "../room/rows.ts";
import type { CommitRange } from "../source/spec-source.ts";
import { legible } from "../kernel/shortened.ts";
import type { Assignment } from "./assign-rooms.ts";
import type { AtHead, FoundAtHead } from "./claims-at-head.ts";
import { isLeftBehind, judgeGone, toPruneMark } from "./gone-rooms.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { renamedTo } from "./not-read.ts";
import type { RoomNews } from "./room-news.ts";
import type { SnapshotGiven } from "./settle-snapshot.ts";
import type { SourceIndex } from "./source-index.ts";
import type { Due } from "./take-rooms-in.ts";

interface GoneGiven extends Pick<SnapshotGiven, "source" | "record" | "revision" | "head"> {
  readonly range: CommitRange;
  readonly atHead: AtHead | null;
  readonly files: Assignment["files"];
  /** Of the snapshot. */
  readonly warnings: SourceRow["warnings"];
}

/** What a snapshot says of a room of which no file is left. */
export function goneNewsIn(
  { source, record, revision, head, range, files, warnings, atHead }: GoneGiven,
  { owners, claimsElsewhere, clock }: Pick<IntakeDeps, "owners" | "claimsElsewhere" | "clock">,
): (roomId: string) => RoomNews {
  const { name, prunes = false, spec } = source;
  let paths: ReadonlySet<string> | null = null;
  return (roomId) => {
    paths ??= new Set(files.map((file) => file.path));
    const owner = owners.get(roomId);
    const path = owner?.kind === "git" ? owner.path : "";
    const renamed = renamedTo(path, { before: record.row.warnings, now: warnings });
    const found = atHead?.(roomId) ?? null;
    const facts = {
      prunes,
      path,
      range,
      withoutCommits: spec.withoutCommits === true,
      isNewPlace: record.row.observedHead === null && record.row.hadSpecs,
      isSameRef: record.row.observedRef === source.ref,
      files: files.length,
      renamedTo: renamed,
      hasOtherRoom: paths.has(path),
      atHead: foundText(found),
      isClaimedElsewhere: claimsElsewhere(roomId, name).length > 0,
    };
    const judged = judgeGone(facts);
    const emptied =
      files.length > 0 || source.allowEmpty || spec.withoutCommits === true
        ? {}
        : { emptied: true };
    if (judged.kind === "orphan") {
      const notRead = renamed === null ? {} : { notRead: { source: name, path: renamed } };
      const waits = renamed === null ? waitsFor(found, { head, by: name }) : {};
      const lost = isLeftBehind(facts) ? { isLeftBehind: true } : {};
      return {
        kind: "gone",
        prune: null,
        why: judged.why,
        ...lost,
        ...notRead,
        ...waits,
        ...emptied,
      };
    }
    const at = { source: name, path, revision, nowMs: clock.nowMs() };
    return { kind: "gone", prune: toPruneMark(judged.removedBy, at), why: "" };
  };
}

/**
 * Rooms that wait for their prune and whose spec came to the place of another source: nothing of them goes any more. A file there that
 * cannot be read ends no prune, since nothing would bring that back.
 */
export function movedPrunes(
  { source, head, atHead }: Pick<GoneGiven, "source" | "head" | "atHead">,
  { owners }: Pick<IntakeDeps, "owners">,
): readonly Due[] {
  const { name } = source;
  return [...owners.prunesOf(name)].flatMap((roomId): readonly Due[] => {
    const found = atHead?.(roomId) ?? null;
    if (found === null || (found.kind === "maybe" && !found.isNamed)) return [];
    const moved = waitsFor(found, { head, by: name });
    const news = { kind: "gone", prune: null, why: foundText(found) ?? "", ...moved } as const;
    return [{ roomId, news, file: null }];
  });
}

/** Those of `more` whose rooms are not among `due`. */
export function notIn(due: readonly Due[], more: readonly Due[]): readonly Due[] {
  const known = new Set(due.map(({ roomId }) => roomId));
  return more.filter(({ roomId }) => !known.has(roomId));
}

function foundText(found: FoundAtHead | null): string | null {
  if (found === null) return null;
  if (found.kind === "maybe") return found.why;
  return `its file moved to ${legible(found.path)}, which source "${found.source}" reads`;
}

function waitsFor(found: FoundAtHead | null, at: { readonly head: string; readonly by: string }) {
  if (found?.kind !== "moved") return {};
  const { source, path } = found;
  return { waitsFor: { source, path, ...at } };
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
