import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { toIso } from "../kernel/clock.ts";
import { createPrivateFile } from "./private-file.ts";
import type { ObserveOnlyRow } from "../room/rows.ts";
import { packAudit } from "./sqlite-audit.ts";
import { checkRegular } from "./regular-files.ts";
import { ChangeWriter } from "./sqlite-changes.ts";
import { checkApart } from "./sqlite-check-thread.ts";
import type { CheckDepth } from "./sqlite-check.ts";
import { forgetDamage, markDamaged, readDamage, setAside } from "./sqlite-damage.ts";
import type { Damage } from "./sqlite-damage.ts";
import { damageOf, storeDamaged, storeUnavailable, toStoreError } from "./sqlite-errors.ts";
import { BUSY_MS, statOf, syncFile, syncFolderOf } from "./sqlite-files.ts";
import { isLogLost } from "./sqlite-log-mark.ts";
import { migrate } from "./sqlite-schema.ts";
import { Statements } from "./sqlite-statements.ts";
import type { StoreChange } from "./store.ts";

/** A burst may grow the write-ahead log beyond this; it is cut back to it afterwards. */
const JOURNAL_LIMIT_BYTES = 32 * 1024 * 1024;
/** Pages (4 KiB) of the log after which a commit also brings them into the file: it waits for the disk, so not too often. */
const CHECKPOINT_PAGES = 4000;

export interface FolderOptions {
  /** The data folder; the caller holds its lock. */
  readonly folder: string;
  readonly nowMs: () => number;
  /** What else a store begins with that was begun because the one before was damaged. */
  readonly onSetAside?: (row: ObserveOnlyRow) => readonly StoreChange[];
}

export interface OpenedFile {
  readonly database: DatabaseSync;
  readonly file: string;
  readonly checked: CheckDepth;
}

/**
 * Opens the store's file, made first where there is none. One that is damaged is set aside whole, and the store that is begun
 * in its place says from its first moment that the agent is observe-only. One of another program or of a newer agent is
 * refused and left as it is.
 */
export async function openDatabase(options: FolderOptions): Promise<OpenedFile> {
  const file = join(options.folder, "store.db");
  checkRegular(file);
  const found = readDamage(file) ?? (await look(file, options));
  if (typeof found === "string") return { database: openFile(file), file, checked: found };
  startOver(file, found, options);
  return { database: openFile(file), file, checked: "full" };
}

/** How well a store that can be used was checked, or what is wrong with it. Where there is none, one is made. */
async function look(file: string, { nowMs }: FolderOptions): Promise<CheckDepth | Damage> {
  try {
    if (statOf(file) !== null) {
      if (isLogLost(file)) {
        throw storeDamaged(file, "its log was removed: what was committed last is gone");
      }
      return await checkApart(file);
    }
    if ((statOf(`${file}-wal`)?.size ?? 0) > 0) {
      throw storeDamaged(file, "it is missing while its log is there");
    }
    createDatabase(file, () => undefined);
    return "full";
  } catch (error) {
    const message = damageOf(error);
    if (message === null) throw error;
    const damage = { since: toIso(nowMs()), message };
    markDamaged(file, damage);
    return damage;
  }
}

/** The mark is removed last: a start that dies before the new store is in place is continued by the next one. */
function startOver(file: string, damage: Damage, { nowMs, onSetAside }: FolderOptions): void {
  const row: ObserveOnlyRow = {
    ...damage,
    reason: "StoreDamaged",
    file: setAside(file, damage.since),
  };
  const changes = [{ kind: "observeOnly", row } as const, ...(onSetAside?.(row) ?? [])];
  createDatabase(file, (database) => {
    const writer = new ChangeWriter({ statements: new Statements(database), file, nowMs });
    database.exec("BEGIN");
    for (const change of packAudit(changes)) writer.apply(change);
    database.exec("COMMIT");
  });
  forgetDamage(file);
}

function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
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
    return database;
  } catch (error) {
    database.close();
    throw toStoreError(file, error);
  }
}

/** Written aside and put in place whole, so that an empty `store.db` always means damage. */
function createDatabase(file: string, fill: (database: DatabaseSync) => void): void {
  const aside = `${file}.new`;
  for (const leftover of [aside, `${aside}-journal`]) rmSync(leftover, { force: true });
  createPrivateFile(aside);
  const database = new DatabaseSync(aside);
  try {
    // Each step would wait for the disk. Nothing reads the file before it is in place, so it is brought there as a whole.
    database.exec("PRAGMA synchronous = OFF");
    migrate(database, aside);
    fill(database);
  } finally {
    database.close();
  }
  syncFile(aside);
  renameSync(aside, file);
  syncFolderOf(file);
}
