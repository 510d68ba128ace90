import type { RoomIntents } from "../intent/commit-intents.ts";
import { inSteps, ofOneMoment, Turn } from "../kernel/in-turns.ts";
import type { FileRow } from "../room/rows.ts";
import { assignmentSteps, type Assignment } from "./assign-rooms.ts";
import type { FileClaim } from "./file-claims.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { observedAt } from "./intake-rows.ts";
import type { RoomOnRecord } from "./recorded-rooms.ts";
import { brokenFile } from "./room-intake.ts";
import { unownedRooms } from "./unowned-rooms.ts";
import type { RoomNews } from "./room-news.ts";
import type { SnapshotGiven } from "./settle-snapshot.ts";
import { hasTaken, type SourceIndex } from "./source-index.ts";
import type { Due } from "./take-rooms-in.ts";
import type { WaitsView } from "./waits-for.ts";

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

type AssigningDeps = Pick<IntakeDeps, "owners" | "claimsElsewhere" | "mayManage">;

/**
 * Who owns what of a source after a snapshot. Where a room changes hands meanwhile, by a person, a reload or another source, it is
 * decided from the start: nothing is decided half by what was before and half by what came after.
 */
export function assignSnapshot(
  given: Pick<SnapshotGiven, "source" | "index">,
  deps: AssigningDeps,
  files: SnapshotFiles,
): Promise<Assignment> {
  return ofOneMoment(
    () => snapshotSteps(given, deps, files),
    () => deps.owners.moment,
  );
}

function* snapshotSteps(
  { source, index }: Pick<SnapshotGiven, "source" | "index">,
  { owners, claimsElsewhere, mayManage }: AssigningDeps,
  { present, deferred, ignored, intents }: SnapshotFiles,
): Generator<void, Assignment> {
  const files: FileClaim[] = [];
  yield* inSteps(index.files(), (file) => {
    const { path } = file;
    if (present.has(path) && !deferred.has(path) && !ignored.has(path)) files.push(file);
  });
  yield* inSteps(deferred.values(), (file) => {
    if (!ignored.has(file.path)) files.push(file);
  });
  const rooms: RoomOnRecord[] = [];
  yield* inSteps(owners.all(), (room) => rooms.push(room));
  return yield* assignmentSteps({
    source: source.name,
    files,
    ignored,
    rooms,
    mayManage,
    claimsElsewhere: (roomId) => claimsElsewhere(roomId, source.name),
    allowEmpty: source.allowEmpty,
    ...(source.spec.withoutCommits === true ? { withoutCommits: true } : {}),
    confirmedByName: new Set(
      [...intents.rooms].flatMap(([roomId, intent]) => (intent.confirmedByName ? [roomId] : [])),
    ),
  });
}

/** A snapshot of one source, as far as it is known which rooms it concerns. */
export interface AssignedSnapshot extends WaitsView {
  readonly revision: string;
  /** By path, the files that were read in this snapshot and whose rooms were not written yet. */
  readonly fileRows: ReadonlyMap<string, FileRow>;
  /** The files of the source as they were before this snapshot. */
  readonly index: Pick<SourceIndex, "get">;
  /** Files that are not read because of their names, though they may be specs: now, and in the snapshot before. */
  readonly notRead: readonly string[];
  readonly notReadBefore: readonly string[];
  /** What becomes of a room of which no file is left. */
  readonly goneNews: (roomId: string) => RoomNews;
  /** Rooms that were written already. */
  readonly taken: ReadonlySet<string>;
}

/** The rooms for which an assignment is news. */
export async function dueRooms(
  assignment: Assignment,
  snapshot: AssignedSnapshot,
  deps: Pick<IntakeDeps, "owners" | "store" | "claimsElsewhere" | "leftSources">,
): Promise<readonly Due[]> {
  const due: Due[] = [];
  const turn = new Turn();
  for (const file of assignment.files) {
    await turn.pass();
    if (file.kind !== "assigned" || snapshot.taken.has(file.roomId)) continue;
    const news = await newsworthy(file, snapshot, deps);
    if (news !== null) due.push({ roomId: file.roomId, ...news });
  }
  const covered = new Set(due.map(({ roomId }) => roomId));
  for (const room of assignment.rooms) {
    if (room.kind === "gone")
      due.push({ roomId: room.roomId, news: snapshot.goneNews(room.roomId), file: null });
    if (room.kind !== "held" || covered.has(room.roomId)) continue;
    const { reason, message } = room;
    const news: RoomNews = { kind: "problem", reason, message, path: null };
    due.push({ roomId: room.roomId, news, file: null });
  }
  return [...due, ...unownedRooms(assignment, snapshot, deps)];
}

/** The row of an assigned file that was read, or whose room it was not until now, or that its room has not taken. */
async function newsworthy(
  { path, roomId }: { readonly path: string; readonly roomId: string },
  snapshot: AssignedSnapshot,
  { owners, store }: Pick<IntakeDeps, "owners" | "store">,
): Promise<Pick<Due, "news" | "file"> | null> {
  const { source, revision, fileRows, index } = snapshot;
  const read = fileRows.get(path);
  if (read !== undefined) return { news: newsOf(read), file: read };
  const fact = owners.factOf(roomId);
  const wasHere =
    fact?.owner?.kind === "git" && fact.owner.source === source && fact.owner.path === path;
  const known = index.get(path);
  const isTaken = wasHere && known !== undefined && hasTaken(fact, known);
  if (isTaken && !known.isAsked) return null;
  const row = await store.readFile(source, path);
  if (row === null) return null;
  const file = observedAt(row, revision);
  // Its commits asked for a dry run while the room was not its own, and changed nothing.
  if (isTaken) return { news: { kind: "intentOnly" }, file };
  return { news: newsOf(file, true), file };
}

function newsOf(file: FileRow, isOld = false): RoomNews {
  return file.valid ? { kind: "inputs", file, isOld } : brokenFile(file);
}
