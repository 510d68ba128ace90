import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { storeUnavailable, toStoreError } from "./sqlite-errors.ts";
import { createPrivateFile } from "./private-file.ts";
import { migrate, readSchema } from "./sqlite-migrations.ts";

/** How long a statement waits for a foreign program (a backup, a shell) that holds the file; the agent waits with it. */
export const BUSY_MS = 250;
/** A burst may grow the write-ahead log beyond this; it is cut back to it afterwards. */
const JOURNAL_LIMIT_BYTES = 32 * 1024 * 1024;
/** Pages (4 KiB) of the log after which a commit also brings them into the file: it waits for the disk, so not too often. */
const CHECKPOINT_PAGES = 4000;

/** Makes the data folder, for its owner alone; one that exists stays as it is. */
export function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Of a read-only disk this form says "no such file"; making the first folder that is missing alone names the reason.
    const missing = firstMissing(folder);
    if (missing !== null) mkdirSync(missing, { mode: 0o700 });
    throw error;
  }
}

function firstMissing(folder: string): string | null {
  if (statOf(folder) !== null) return null;
  return firstMissing(dirname(folder)) ?? folder;
}

/**
 * Opens the store's file, made first where there is none. A file that is there is never begun anew: one that is empty,
 * damaged or foreign is refused. The caller holds the folder's lock.
 */
export function openDatabase(folder: string): { database: DatabaseSync; file: string } {
  const file = join(folder, "store.db");
  if (statOf(file) === null) createDatabase(file);
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    if (readSchema(database).version === 0) {
      throw storeUnavailable(
        file,
        "it holds no store (empty or cut off): restore it from a backup, or move it aside to start anew",
      );
    }
    migrate(database, file);
    // The log is brought to disk after each commit by `LogFlush`; SQLite itself only does it around a checkpoint.
    database.exec("PRAGMA synchronous = NORMAL");
    database.exec("PRAGMA foreign_keys = ON");
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.exec(`PRAGMA journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
    const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
    if (mode !== "wal") {
      throw storeUnavailable(
        file,
        `its file system has no write-ahead log (mode ${String(mode)}): choose a local disk for Store.Path`,
      );
    }
    return { database, file };
  } catch (error) {
    database.close();
    throw toStoreError(file, error);
  }
}

/** Written aside and put in place whole, so that an empty `store.db` always means damage. */
function createDatabase(file: string): void {
  const log = statOf(`${file}-wal`);
  if (log !== null && log.size > 0) {
    throw storeUnavailable(
      file,
      `it is missing while its log ${file}-wal is there: put it back, or move the log aside to start anew`,
    );
  }
  const aside = `${file}.new`;
  for (const leftover of [aside, `${aside}-journal`]) rmSync(leftover, { force: true });
  createPrivateFile(aside);
  const database = new DatabaseSync(aside);
  try {
    migrate(database, aside);
  } finally {
    database.close();
  }
  renameSync(aside, file);
  syncFolder(join(file, ".."));
}

/** Null when there is no such file. */
export function statOf(file: string): Stats | null {
  return statSync(file, { throwIfNoEntry: false }) ?? null;
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
