import type { RoomIntents } from "../intent/commit-intents.ts";
import type { RoomStanding } from "../intent/intent-question.ts";
import { whyUsedBy } from "../intent/why-used.ts";
import type { Assignment } from "./assign-rooms.ts";
import { assignSnapshot, dueRooms } from "./assign-snapshot.ts";
import type { CommitRange, SourceFailure, SpecFile, SyncResult } from "../source/spec-source.ts";
import { observedRevision } from "../room/revision.ts";
import type { FileRow, SourceRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";
import { keepClaimedConfirms } from "./claimed-confirms.ts";
import { claimedFiles } from "./claimed-files.ts";
import { lookAtHead, type AtHead } from "./claims-at-head.ts";
import { emptiedFailure } from "./emptied-source.ts";
import { endedConfirms, NONE_ENDED, type EndedConfirms } from "./ended-confirms.ts";
import { giveBack } from "./give-back.ts";
import { ignoredOf, ignoredRows } from "./ignored-files.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import {
  provenances,
  specChanges,
  toFileRow,
  UNKNOWN_PROVENANCE,
  type Provenance,
} from "./intake-rows.ts";
import { lineageAfter, tellRewritten } from "./lineage.ts";
import { brokenBefore, goneNewsIn, movedPrunes, notIn } from "./gone-news.ts";
import { labelQuestions } from "./label-questions.ts";
import { unreadNames } from "./not-read.ts";
import { readIntents } from "./read-intents.ts";
import { fileErrors, withRoomFor } from "./intake-findings.ts";
import { foreignNames, standingIn } from "./room-standing.ts";
import { roomsWithoutNews } from "./rooms-without-news.ts";
import { rememberSpoken, RoomlessMemory, writeRoomless } from "./roomless-memory.ts";
import { settleSnapshot, type SnapshotGiven, type SnapshotRest } from "./settle-snapshot.ts";
import { takeRoomsIn, type Due } from "./take-rooms-in.ts";
import { UnclaimedRooms } from "./unclaimed-rooms.ts";
import { waitsView } from "./waits-for.ts";
import { withdrawRest } from "./withdrawn-confirmations.ts";

export type SnapshotEnd =
  /** `isOvertaken`: another source took a room in the meantime, so who owns what has to be judged again. */
  | { readonly counts: true; readonly isOvertaken: boolean }
  | { readonly counts: false; readonly failure: SourceFailure };

type Ready = Extract<SyncResult, { kind: "ready" }>;

/**
 * The ingestion of one snapshot. A changed file of a room that already belongs to it is ingested as soon as it is read, so
 * that the first rooms start before the last file is parsed. Whatever concerns ownership (new files, moves, ids that
 * changed, files that broke or vanished) waits for the whole picture.
 */
export class SnapshotIntake {
  readonly #given: SnapshotGiven;
  readonly #deps: IntakeDeps;
  readonly #deferred = new Map<string, FileRow>();
  readonly #taken = new Set<string>();
  /** False: a snapshot before this one ended half-way. */
  readonly #wasWhole: boolean;
  /** Findings that are kept, those of other snapshots' files included. */
  #findings = 0;
  /** By path, why a file of the snapshot must not be read. */
  #ignored: ReadonlyMap<string, string> = new Map();
  /** Rooms that another source took first. */
  readonly #overtaken = new Set<string>();
  readonly #unclaimed: UnclaimedRooms;
  /** What the head has at the places of other sources; null: that was not looked at. */
  #atHead: AtHead | null = null;
  #range: CommitRange = { history: "first", commits: [] };
  #provenance: ReadonlyMap<string, Provenance> = new Map();
  #ended: EndedConfirms = NONE_ENDED;
  #intents: RoomIntents = { rooms: new Map(), claims: new Map(), unplaced: [], reports: [] };

  constructor(given: SnapshotGiven, deps: IntakeDeps) {
    this.#given = given;
    this.#deps = deps;
    this.#wasWhole = given.record.row.takingIn === null;
    this.#unclaimed = new UnclaimedRooms(given.index);
  }

  /** The commits' intents, before any file is read: a room must not start under an older intent. */
  async takeCommits(range: CommitRange, signal: AbortSignal): Promise<void> {
    const { source, index, record } = this.#given;
    this.#range = range;
    this.#provenance = provenances(range);
    tellRewritten(range, { from: this.#previous(), to: this.#given.revision }, this.#deps.log);
    const roomOfPath = (path: string) =>
      this.#deps.owners.ownedBy(source.name, path) ?? index.get(path)?.roomId ?? null;
    const standingOf = (roomId: string) => this.#standingOf(roomId);
    const whyUsed = whyUsedBy(record.row.usedConfirms);
    const labels = labelQuestions(source, this.#given.revision);
    const foreignName = foreignNames(this.#given, this.#deps);
    const about = { labels, roomOfPath, whyUsed, standingOf, foreignName, row: record.row };
    const given = { ...this.#deps, ...source, ...about };
    this.#intents = await readIntents(range, given, signal);
    this.#ended = await endedConfirms(range, { ...given, source: record.row }, signal);
  }

  /** What labels say of rooms of the current snapshot, where that was not known when it was ingested. */
  async takeIntents(intents: RoomIntents): Promise<void> {
    this.#range = { history: "descends", commits: [] };
    this.#intents = intents;
    await this.#takeIn(await this.#withoutNews());
  }

  async takeFiles(files: readonly SpecFile[]): Promise<void> {
    const blobs: StoreChange[] = [];
    const direct: Due[] = [];
    for (const file of files) {
      const row = this.#toRow(file);
      blobs.push(...specChanges(file));
      if (this.#isDirect(row))
        direct.push({ roomId: row.roomId, news: { kind: "inputs", file: row }, file: row });
      else this.#deferred.set(row.path, row);
    }
    await this.#given.record.beginTakingIn(this.#given.head, blobs);
    await this.#takeIn(direct);
  }

  /** Decides the owners by all files, and ingests the rooms that waited for that. */
  async finish(result: Ready, signal: AbortSignal): Promise<SnapshotEnd> {
    const { index, record } = this.#given;
    const { trail, warnings = [], ignored = [], paths, verified = null } = result;
    this.#ignored = new Map(ignored.map(({ path, by }) => [path, by]));
    const present = new Set([...paths, ...ignored].map(({ path }) => path));
    const gone = [...index.files()].map(({ path }) => path).filter((path) => !present.has(path));
    const rest = { gone, present: paths.length, trail, warnings, verified };
    await this.#noteIgnored(present);
    const isFree =
      index.broken === 0 &&
      record.row.specErrorCount === 0 &&
      this.#given.isAssessed &&
      this.#deps.owners.meantByFiles().size === 0;
    // After half a snapshot files may be on record whose errors are not.
    if (isFree && this.#wasWhole && this.#deferred.size === 0 && gone.length === 0) {
      this.#atHead = await lookAtHead({ ...this.#given, rooms: [] }, this.#deps, signal);
      await this.#takeIn(movedPrunes({ ...this.#given, atHead: this.#atHead }, this.#deps));
      await this.#takeIn(await this.#withoutNews());
      await this.#settle({ files: [] }, rest);
      return { counts: true, isOvertaken: false };
    }
    const again = await this.#claimed(present);
    const assignment = await this.#assign(present);
    if (assignment.emptied !== null)
      return { counts: false, failure: emptiedFailure(assignment.emptied, warnings, this.#given) };
    await giveBack(again, this.#given);
    const broken = brokenBefore(assignment, index, this.#deps);
    this.#atHead = await lookAtHead({ ...this.#given, ...assignment }, this.#deps, signal);
    const moved = movedPrunes({ ...this.#given, atHead: this.#atHead }, this.#deps);
    const due = await this.#dueRooms(assignment, warnings);
    await this.#takeIn([...due, ...notIn(due, moved)]);
    await this.#takeIn(await this.#withoutNews());
    await this.#settle(assignment, rest);
    for (const roomId of broken) this.#deps.enqueue(roomId);
    this.#tellReleased(assignment);
    return { counts: true, isOvertaken: this.#overtaken.size > 0 };
  }

  /** Judges the same files again because other sources changed what they claim. */
  async reassess(): Promise<void> {
    const { index, record } = this.#given;
    this.#range = { history: "descends", commits: [] };
    this.#ignored = ignoredOf(index);
    const assignment = await this.#assign(new Set([...index.files()].map(({ path }) => path)));
    await this.#takeIn(await this.#dueRooms(assignment, record.row.warnings));
    this.#tellReleased(assignment);
    const errors = fileErrors(assignment, index, this.#deferred);
    await record.update((now) => ({ row: { ...now, ...errors } }));
  }

  async #noteIgnored(present: ReadonlySet<string>): Promise<void> {
    const { source, index, revision } = this.#given;
    const at = { source: source.name, index, ignored: this.#ignored, present, revision };
    for (const row of await ignoredRows(at, this.#deps))
      if (!this.#deferred.has(row.path)) this.#deferred.set(row.path, row);
  }

  /** Rows of files that claim rooms of others, where commits ask something for them: rows of this snapshot are changed in place, the others are returned. */
  async #claimed(present: ReadonlySet<string>): Promise<readonly FileRow[]> {
    const { source } = this.#given;
    const memory = await RoomlessMemory.read(source.name, this.#deps.store);
    const rows = await claimedFiles(this.#deferred, {
      ...this.#given,
      ...this.#deps,
      source: source.name,
      present,
      intents: this.#intents,
      history: this.#range.history,
      memory,
      isOwn: (roomId) => this.#standingOf(roomId) === "own" && !this.#isAsked(roomId),
      isOfAnother: (roomId) => ["foreign", "barred"].includes(this.#standingOf(roomId)),
    });
    await writeRoomless(memory, this.#given, this.#deps);
    const claims = { ...this.#given, intents: this.#intents, fileRows: this.#deferred };
    await keepClaimedConfirms({ ...claims, source: source.name }, this.#deps);
    for (const row of rows) if (this.#deferred.has(row.path)) this.#deferred.set(row.path, row);
    return rows.filter(({ path }) => !this.#deferred.has(path));
  }

  #tellReleased(assignment: Assignment): void {
    const released = this.#unclaimed.released(assignment);
    if (released.length > 0) this.#deps.released(released, this.#given.source.name);
  }

  #toRow(file: SpecFile): FileRow {
    const { source, revision, index } = this.#given;
    this.#findings = Math.max(this.#findings, index.findings);
    const from = this.#provenance.get(file.path) ?? UNKNOWN_PROVENANCE;
    const row = withRoomFor(
      toFileRow(file, { source: source.name, revision }, from),
      this.#findings,
    );
    this.#findings += row.errors.length + row.warnings.length;
    return row;
  }

  /** The file's room is recorded as owned by this very file, so ingesting it at once takes the room from no other file. */
  #isDirect(row: FileRow): row is FileRow & { readonly roomId: string } {
    if (!row.valid || row.roomId === null || this.#isAsked(row.roomId)) return false;
    const owner = this.#deps.owners.get(row.roomId);
    return owner?.kind === "git" && owner.source === row.source && owner.path === row.path;
  }

  /** The room's own file keeps a dry run that the room has not taken. */
  #isAsked(roomId: string): boolean {
    const owner = this.#deps.owners.get(roomId);
    return owner?.kind === "git" && this.#given.index.get(owner.path)?.isAsked === true;
  }

  #standingOf(roomId: string): RoomStanding {
    return standingIn(this.#given.source, roomId, this.#deps);
  }

  #assign(present: ReadonlySet<string>): Promise<Assignment> {
    const files = { present, deferred: this.#deferred, ignored: this.#ignored };
    return assignSnapshot(this.#given, this.#deps, { ...files, intents: this.#intents });
  }

  #dueRooms(assignment: Assignment, warnings: SourceRow["warnings"]): Promise<readonly Due[]> {
    const { files } = assignment;
    const given = { ...this.#given, range: this.#range, files, warnings, atHead: this.#atHead };
    const goneNews = goneNewsIn(given, this.#deps);
    const source = this.#given.source.name;
    const unread = unreadNames(warnings, this.#given.record.row.warnings);
    const read = { source, fileRows: this.#deferred, taken: this.#taken, goneNews, ...unread };
    return dueRooms(assignment, { ...this.#given, ...read, ...waitsView(given) }, this.#deps);
  }

  #withoutNews(): Promise<readonly Due[]> {
    const isOwn = (roomId: string) => this.#standingOf(roomId) === "own";
    const known = { range: this.#range, intents: this.#intents, taken: this.#taken, isOwn };
    return roomsWithoutNews({ source: this.#given.source.name, ...known }, this.#deps);
  }

  /** The revision of the head that counted before this one. */
  #previous(): string | null {
    return observedRevision(this.#given.record.row);
  }

  async #takeIn(due: readonly Due[]): Promise<void> {
    const { record, head } = this.#given;
    const batch = {
      ...this.#given,
      source: this.#given.source.name,
      range: this.#range,
      // The row is the one before this head until the head counts.
      lineage: lineageAfter(record.row, this.#range, head).id,
      previous: this.#previous(),
      returnedTo: this.#range.returnedTo ?? [],
      intents: this.#intents,
      ended: this.#ended,
    };
    for (const { file } of due) if (file !== null) this.#unclaimed.note(file.path, file.roomId);
    const { taken, overtaken } = await takeRoomsIn(due, batch, this.#deps);
    for (const roomId of taken) this.#taken.add(roomId);
    for (const roomId of overtaken) this.#overtaken.add(roomId);
    for (const { file } of due) if (file !== null) this.#deferred.delete(file.path);
  }

  /** Files without a room, files that are gone, and last of all the fact that this head counts. */
  async #settle(
    assignment: Pick<Assignment, "files">,
    files: Pick<SnapshotRest, "gone" | "present" | "trail" | "warnings" | "verified">,
  ): Promise<void> {
    const { index, source } = this.#given;
    const rest = { ended: this.#ended, taken: this.#taken };
    await withdrawRest(rest, { ...this.#given, source: source.name }, this.#deps);
    const isOut = (roomId: string) =>
      !this.#taken.has(roomId) && this.#standingOf(roomId) === "free";
    await rememberSpoken(this.#intents, { ...this.#given, isOut }, this.#deps);
    await settleSnapshot(this.#given, this.#deps, {
      ...files,
      errors: fileErrors(assignment, index, this.#deferred),
      unclaimed: this.#unclaimed,
      roomless: [...this.#deferred.values()],
      range: this.#range,
      intents: this.#intents,
    });
  }
}
