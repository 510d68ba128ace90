import { setImmediate as breathe } from "node:timers/promises";
import { nextAsked, type Claim } from "../intent/claimed-dry-runs.ts";
import type { RoomIntents } from "../intent/commit-intents.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { LeftOfRoom } from "../room/roomless-dry-runs.ts";
import type { FileRow } from "../room/rows.ts";
import type { Store } from "../store/store.ts";
import { askedAgain, claimLeft } from "./claim-left.ts";
import { leftDryRuns, sameFile } from "./left-dry-runs.ts";
import type { RoomlessMemory } from "./roomless-memory.ts";
import type { SourceIndex } from "./source-index.ts";

export interface ClaimsGiven {
  readonly source: string;
  readonly head: string;
  readonly index: SourceIndex;
  /** The paths of the snapshot. */
  readonly present: ReadonlySet<string>;
  readonly intents: RoomIntents;
  readonly history: CommitRange["history"];
  readonly store: Pick<Store, "readFile" | "readFiles">;
  /** What ended of dry runs is noted in it. */
  readonly memory: RoomlessMemory;
  /** Sources on record that are not configured any more. */
  readonly leftSources: () => readonly string[];
  /** The room belongs to the source. */
  readonly isOwn: (roomId: string) => boolean;
  /** It belongs to another one, or the source may not manage it. */
  readonly isOfAnother: (roomId: string) => boolean;
}

/** Rows between two pauses: reading one from the store holds up the event loop. */
const ROWS_A_TURN = 50;

/**
 * The rows of files whose rooms do not belong to their source, with the dry run that its commits ask for: those of
 * `fileRows`, and of files read before whose rooms the commits name. Each room's files are read once, however many files name it.
 */
export async function claimedFiles(
  fileRows: ReadonlyMap<string, FileRow>,
  given: ClaimsGiven,
): Promise<readonly FileRow[]> {
  const rows: FileRow[] = [];
  const before = new Map<string, FileRow | null>();
  // At a first head: another name of the source may have read what was asked.
  const { history, leftSources, store, memory } = given;
  const left = await leftDryRuns(history === "first" ? leftSources() : [], store);
  for (const row of fileRows.values()) {
    const { roomId } = row;
    if (roomId === null || given.isOwn(roomId)) continue;
    if (!before.has(roomId)) before.set(roomId, await rowWithAsked(roomId, given));
    const known = before.get(roomId) ?? null;
    const remembered = memory.of(roomId);
    const usesLeft = given.isOfAnother(roomId);
    const next = askedOf(row, { known, remembered }, given) ?? left.get(sameFile(row)) ?? null;
    const asked = usesLeft ? askedAgain(row, { next, remembered, ...given }) : next;
    memory.note(roomId, claimLeft(remembered, { row, known, asked, history, usesLeft }));
    // The room may become the source's with this very file, which is what is asked for then.
    if (asked !== null) rows.push({ ...row, asked: { ...asked, oid: row.oid } });
  }
  for (const [roomId, { dryRun: word }] of wordsOf(given)) {
    if (word.kind !== "on" || given.isOwn(roomId)) continue;
    for (const path of given.index.pathsOf(roomId)) {
      const row = fileRows.has(path) ? null : await given.store.readFile(given.source, path);
      if (row === null) continue;
      rows.push({ ...row, asked: nextAsked(null, word, { oid: row.oid, mayEnd: true }) });
      if (rows.length % ROWS_A_TURN === 0) await breathe();
    }
  }
  await noteGone(fileRows, given);
  for (const [roomId, { endedDryRuns = [] }] of given.intents.claims)
    memory.ended(roomId, endedDryRuns);
  return rows;
}

/** A file that goes leaves its dry run: it counts again where the file is back as it was. */
async function noteGone(
  fileRows: ReadonlyMap<string, FileRow>,
  { index, present, isOwn, store, source, memory }: ClaimsGiven,
): Promise<void> {
  const moved = new Set([...fileRows.values()].map(({ roomId }) => roomId));
  for (const { path, roomId, isAsked } of index.files()) {
    if (!isAsked || roomId === null || present.has(path)) continue;
    if (isOwn(roomId) || moved.has(roomId)) continue;
    const row = await store.readFile(source, path);
    const asked = row?.asked ?? null;
    if (row === null || asked === null) continue;
    memory.left(roomId, { ...asked, oid: asked.oid ?? row.oid });
  }
}

function wordsOf({ intents }: ClaimsGiven): ReadonlyMap<string, Claim> {
  return new Map<string, Claim>([...intents.rooms, ...intents.claims]);
}

/** The last file of a room that keeps a dry run. */
async function rowWithAsked(
  roomId: string,
  { index, store, source }: ClaimsGiven,
): Promise<FileRow | null> {
  const path = index.pathsOf(roomId).findLast((one) => index.get(one)?.isAsked === true);
  return path === undefined ? null : store.readFile(source, path);
}

interface Known {
  /** The file that keeps a dry run. */
  readonly known: FileRow | null;
  readonly remembered: LeftOfRoom;
}

function askedOf(
  row: FileRow,
  { known, remembered }: Known,
  { history, intents, isOfAnother }: ClaimsGiven,
): FileRow["asked"] & ({} | null) {
  const { roomId } = row;
  if (roomId === null) return null;
  const word = (intents.claims.get(roomId) ?? intents.rooms.get(roomId))?.dryRun;
  const left = known === null && isOfAnother(roomId) ? remembered.left : null;
  const isSame =
    left === null ? known?.inputs?.digest === row.inputs?.digest : left.oid === row.oid;
  const isGood = row.inputs !== null && known?.inputs !== null;
  const mayEnd = history === "descends" && isGood && !isSame;
  return nextAsked(known?.asked ?? left, word, { oid: row.oid, mayEnd });
}
