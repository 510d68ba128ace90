import { nextAsked } from "../intent/claimed-dry-runs.ts";
import type { RoomIntents } from "../intent/commit-intents.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { FileRow } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import type { SourceIndex } from "./source-index.ts";

export interface ClaimsGiven {
  readonly source: string;
  readonly index: SourceIndex;
  readonly intents: RoomIntents;
  readonly history: CommitRange["history"];
  readonly store: Pick<Store, "readFile">;
  /** The room belongs to the source. */
  readonly isOwn: (roomId: string) => boolean;
}

/**
 * The rows of files whose rooms do not belong to their source, with the dry run that its commits ask for: those of `told`, and
 * of files that were told before and that commits speak of.
 */
export async function claimedFiles(
  told: ReadonlyMap<string, FileRow>,
  given: ClaimsGiven,
): Promise<readonly FileRow[]> {
  const rows: FileRow[] = [];
  for (const row of told.values()) {
    if (row.roomId === null || given.isOwn(row.roomId)) continue;
    const asked = await askedOf(row, row.roomId, given);
    if (asked !== null) rows.push({ ...row, asked });
  }
  for (const [roomId, word] of wordsOf(given)) {
    if (word.kind !== "on" || given.isOwn(roomId)) continue;
    for (const path of given.index.pathsOf(roomId)) {
      const row = told.has(path) ? null : await given.store.readFile(given.source, path);
      if (row === null) continue;
      rows.push({ ...row, asked: nextAsked(null, word, { oid: row.oid, mayEnd: true }) });
    }
  }
  return rows;
}

function wordsOf({ intents }: ClaimsGiven) {
  const heard = [...intents.rooms].map(([roomId, { dryRun }]) => [roomId, dryRun] as const);
  return new Map([...heard, ...intents.claims]);
}

async function askedOf(
  row: FileRow,
  roomId: string,
  given: ClaimsGiven,
): Promise<FileRow["asked"] & ({} | null)> {
  const { index, store, source, history, intents } = given;
  const word = intents.claims.get(roomId) ?? intents.rooms.get(roomId)?.dryRun;
  let before: FileRow | null = null;
  for (const path of index.pathsOf(roomId)) {
    const known = await store.readFile(source, path);
    if (known?.asked) before = known;
  }
  const isSame = before?.inputs?.digest === row.inputs?.digest;
  const isGood = row.inputs !== null && before?.inputs !== null;
  const mayEnd = history === "descends" && isGood && !isSame;
  return nextAsked(before?.asked ?? null, word, { oid: row.oid, mayEnd });
}
