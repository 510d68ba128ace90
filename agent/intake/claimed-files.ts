import { setImmediate as breathe } from "node:timers/promises";
import { nextAsked } from "../intent/claimed-dry-runs.ts";
import type { RoomIntents } from "../intent/commit-intents.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { FileRow } from "../room/rows.ts";
import type { Store } from "../store/store.ts";
import { leftDryRuns, sameFile } from "./left-dry-runs.ts";
import type { SourceIndex } from "./source-index.ts";

export interface ClaimsGiven {
  readonly source: string;
  readonly index: SourceIndex;
  readonly intents: RoomIntents;
  readonly history: CommitRange["history"];
  readonly store: Pick<Store, "readFile" | "readFiles">;
  /** Sources on record that are not configured any more. */
  readonly leftSources: () => readonly string[];
  /** The room belongs to the source. */
  readonly isOwn: (roomId: string) => boolean;
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
  const { history, leftSources, store } = given;
  const left = await leftDryRuns(history === "first" ? leftSources() : [], store);
  for (const row of fileRows.values()) {
    const { roomId } = row;
    if (roomId === null || given.isOwn(roomId)) continue;
    if (!before.has(roomId)) before.set(roomId, await rowWithAsked(roomId, given));
    const kept = left.get(sameFile(row));
    const asked = askedOf(row, before.get(roomId) ?? null, given) ?? kept ?? null;
    // The room may become the source's with this very file, which is what is asked for then.
    if (asked !== null) rows.push({ ...row, asked: { ...asked, oid: row.oid } });
  }
  for (const [roomId, word] of wordsOf(given)) {
    if (word.kind !== "on" || given.isOwn(roomId)) continue;
    for (const path of given.index.pathsOf(roomId)) {
      const row = fileRows.has(path) ? null : await given.store.readFile(given.source, path);
      if (row === null) continue;
      rows.push({ ...row, asked: nextAsked(null, word, { oid: row.oid, mayEnd: true }) });
      if (rows.length % ROWS_A_TURN === 0) await breathe();
    }
  }
  return rows;
}

function wordsOf({ intents }: ClaimsGiven) {
  const asked = [...intents.rooms].map(([roomId, { dryRun }]) => [roomId, dryRun] as const);
  return new Map([...asked, ...intents.claims]);
}

/** The last file of a room that keeps a dry run. */
async function rowWithAsked(
  roomId: string,
  { index, store, source }: ClaimsGiven,
): Promise<FileRow | null> {
  const path = index.pathsOf(roomId).findLast((one) => index.get(one)?.isAsked === true);
  return path === undefined ? null : store.readFile(source, path);
}

function askedOf(
  row: FileRow,
  before: FileRow | null,
  { history, intents }: ClaimsGiven,
): FileRow["asked"] & ({} | null) {
  const { roomId } = row;
  if (roomId === null) return null;
  const word = intents.claims.get(roomId) ?? intents.rooms.get(roomId)?.dryRun;
  const isSame = before?.inputs?.digest === row.inputs?.digest;
  const isGood = row.inputs !== null && before?.inputs !== null;
  const mayEnd = history === "descends" && isGood && !isSame;
  return nextAsked(before?.asked ?? null, word, { oid: row.oid, mayEnd });
}
