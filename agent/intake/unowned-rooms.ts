import type { NotRead } from "../room/room.ts";
import type { FileRow } from "../room/rows.ts";
import type { Assignment } from "./assign-rooms.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { problemText } from "./intake-rows.ts";
import { notReadProblem, renamedTo } from "./not-read.ts";
import type { RoomNews } from "./room-news.ts";
import { isOrphanFact, type RoomStandingFact, type SourceIndex } from "./source-index.ts";
import type { Due } from "./take-rooms-in.ts";
import { isStillWaiting, type WaitsView } from "./waits-for.ts";

interface Snapshot extends WaitsView {
  /** By path, the files that were read in it. */
  readonly fileRows: ReadonlyMap<string, Pick<FileRow, "errors">>;
  /** The files before it. */
  readonly index: Pick<SourceIndex, "get">;
  /** Its files that are not read because of their names, though they may be specs. */
  readonly notRead: readonly string[];
  /** Those of the snapshot before. */
  readonly notReadBefore: readonly string[];
}

export type UnownedDeps = Pick<IntakeDeps, "owners" | "claimsElsewhere" | "leftSources">;

type Problem = NonNullable<Extract<RoomNews, { kind: "unowned" }>["problem"]>;

/** What the files of a snapshot mean for orphans: one that is meant for an orphan and may not have it is its problem until it is gone. */
export function unownedRooms(
  { files }: Pick<Assignment, "files">,
  snapshot: Snapshot,
  { owners, claimsElsewhere, leftSources }: UnownedDeps,
): readonly Due[] {
  const problems = new Map<string, Problem>();
  const assigned = new Set<string>();
  for (const file of files) {
    if (file.kind === "assigned") assigned.add(file.roomId);
    const found = problemOf(file, snapshot);
    if (found === null || problems.has(found.roomId)) continue;
    const fact = owners.factOf(found.roomId);
    if (fact !== null && isOrphanFact(fact)) problems.set(found.roomId, found.problem);
  }
  const left = leftSources();
  const held = (roomId: string) => [
    snapshot.source,
    ...new Set(claimsElsewhere(roomId, snapshot.source).map(({ source }) => source)),
  ];
  const isUnclaimed = (roomId: string) =>
    !problems.has(roomId) &&
    !assigned.has(roomId) &&
    claimsElsewhere(roomId, snapshot.source).length === 0;
  const isEnded = (roomId: string) => {
    const { notRead, waitsFor: waits } = owners.factOf(roomId) ?? {};
    const isLasting =
      isStillNotRead(notRead, snapshot, left) || isStillWaiting({ roomId, waits }, snapshot, left);
    return isUnclaimed(roomId) && !isLasting;
  };
  const begun = [...problems]
    .map(([roomId, problem]) => [roomId, { ...problem, sources: held(roomId) }] as const)
    .filter(([roomId, { message, sources }]) => {
      const fact = owners.factOf(roomId);
      return fact?.problem !== message || !isSameSet(sources, fact.heldBack ?? []);
    });
  const ended = [...owners.meantByFiles()].filter(isEnded);
  return [
    ...begun.map(([roomId, problem]) => toDue(roomId, problem)),
    ...ended.map((roomId) => endOf(roomId, owners.factOf(roomId)?.notRead, snapshot)),
    ...[...owners.leftByFiles()].filter(isUnclaimed).flatMap((roomId) => {
      const problem = returned(owners.factOf(roomId), snapshot);
      return problem === null ? [] : [toDue(roomId, problem)];
    }),
  ];
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}

/** Only the source that has the file knows when it is gone, or its repository under another name where it is not configured any more. */
function isStillNotRead(
  file: NotRead | null | undefined,
  { source, notRead }: Pick<Snapshot, "source" | "notRead">,
  left: readonly string[],
): boolean {
  if (file == null) return false;
  const isElsewhere = file.source !== source && !left.includes(file.source);
  return isElsewhere || notRead.includes(file.path);
}

/** The problem of a room whose renamed spec got another name that is not read; null: it has none. */
function renamedAgain(
  file: NotRead | null | undefined,
  { source, notRead, notReadBefore }: Pick<Snapshot, "source" | "notRead" | "notReadBefore">,
): Problem | null {
  if (file == null || file.source !== source) return null;
  const found = { before: [{ notRead: notReadBefore }], now: [{ notRead }] };
  const path = renamedTo(file.path, found);
  return path === null ? null : notReadProblem({ source, path });
}

/** The problem that ended with the configuration of a source, once that source has the file again; null: it has none. */
function returned(fact: RoomStandingFact | null, snapshot: Snapshot): Problem | null {
  const file = fact?.notReadLeft;
  if (file === undefined || file.source !== snapshot.source || fact?.problem !== null) return null;
  return snapshot.notRead.includes(file.path) ? notReadProblem(file) : renamedAgain(file, snapshot);
}

/** A file whose source is not configured any more may be back with it. */
function endOf(roomId: string, file: NotRead | null | undefined, snapshot: Snapshot): Due {
  const due = toDue(roomId, renamedAgain(file, snapshot));
  if (file == null || file.source === snapshot.source) return due;
  return { ...due, news: { kind: "unowned", problem: null, left: file } };
}

function toDue(roomId: string, problem: Problem | null): Due {
  return { roomId, news: { kind: "unowned", problem }, file: null };
}

/** Why a file may not have the room that it is meant for; null: it may, or the room is not known. */
function problemOf(
  file: Assignment["files"][number],
  { fileRows, index }: Pick<Snapshot, "fileRows" | "index">,
): { readonly roomId: string; readonly problem: Problem } | null {
  if (file.kind === "refused" && file.reason === "ClaimedTwice")
    return { roomId: file.roomId, problem: { reason: file.reason, message: file.message } };
  if (file.kind !== "roomless" || file.meant === undefined) return null;
  const errors = (fileRows.get(file.path) ?? index.get(file.path))?.errors ?? [];
  const problem = { reason: "SpecInvalid", message: problemText({ errors }) } as const;
  return { roomId: file.meant, problem };
}
