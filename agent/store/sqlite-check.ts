import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { BUSY_MS, statOf } from "./sqlite-files.ts";
import { otherShape, wrongRoom } from "./stored-shape.ts";
import { storeDamaged, toStoreError } from "./sqlite-errors.ts";
import { MIGRATIONS } from "./sqlite-migrations.ts";
import { judgeSchema } from "./sqlite-schema.ts";

/** Up to this size a store is checked in full, without a thread of its own, before anything else: about 100 ms. */
const SMALL_BYTES = 8 * 1024 * 1024;

/** How well a store was looked at: `quick` leaves out whether indexes agree with their tables and rows are JSON. */
export type CheckDepth = "quick" | "full";

/**
 * Refuses a file that is damaged (`StoreDamaged`), of a newer agent (`StoreTooNew`), or no store of this program
 * (`StoreUnavailable`), and changes nothing in any case: the file is only read. Says how well it looked.
 */
export function checkStore(file: string): CheckDepth {
  return checkAt(file, unusedFile(file));
}

/** The same of a store that an agent may have open, or left open when it was killed: the index of its log is only read, too. */
export function checkUsedStore(file: string): CheckDepth {
  const url = unusedFile(file);
  if (!url.searchParams.has("immutable")) url.searchParams.set("readonly_shm", "1");
  return checkAt(file, url);
}

function checkAt(file: string, url: URL): CheckDepth {
  checkFile(file);
  const isSmall = isSmallStore(file);
  return withReader(file, url, (database) => {
    if (judgeSchema(database, file) === 0) throw storeDamaged(file, EMPTY);
    const depth = isSmall ? "full" : "quick";
    checkPages(database, file, depth);
    return depth;
  });
}

/** What SQLite may not open, not even to read: of an empty file it removes the log, with all that is in it. */
export function checkFile(file: string): void {
  if (statOf(file)?.size === 0) throw storeDamaged(file, EMPTY);
}

const EMPTY = "it is empty or cut off";

/** Whether a check takes so little time that nothing else need wait for it. */
export function isSmallStore(file: string): boolean {
  return (statOf(file)?.size ?? 0) <= SMALL_BYTES;
}

/**
 * The full check alone, of a store that is in use: for a worker. Throws `StoreDamaged`. It reads by the rules of those who write, even
 * where the log is empty: what they write meanwhile would look like damage.
 */
export function checkFully(file: string): void {
  withReader(file, pathToFileURL(file), (database) => checkPages(database, file, "full"));
}

function withReader<T>(file: string, url: URL, read: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true, timeout: BUSY_MS });
    return read(database);
  } catch (error) {
    throw toStoreError(file, error);
  } finally {
    database?.close();
  }
}

/**
 * Of a file that nothing writes. Without a log there is nothing to read but the file; a reader that may not take that for granted would
 * leave a log behind.
 */
function unusedFile(file: string): URL {
  const url = pathToFileURL(file);
  if ((statOf(`${file}-wal`)?.size ?? 0) === 0) url.searchParams.set("immutable", "1");
  return url;
}

function checkPages(database: DatabaseSync, file: string, depth: CheckDepth): void {
  const pragma = depth === "full" ? "integrity_check" : "quick_check";
  const found = database.prepare(`PRAGMA ${pragma}(1)`).get()?.[pragma];
  if (found !== "ok") throw storeDamaged(file, oneLine(String(found)));
  if (depth === "full") checkDocuments(database, file);
}

/** No check of SQLite's looks into the texts. */
function checkDocuments(database: DatabaseSync, file: string): void {
  const tables = database
    .prepare(
      `SELECT name FROM sqlite_schema AS t WHERE type = 'table'
       AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'document')`,
    )
    .all();
  for (const { name } of tables) {
    const bad = database
      .prepare(`SELECT 1 FROM "${String(name)}" WHERE NOT json_valid(document) LIMIT 1`)
      .get();
    if (bad !== undefined) throw storeDamaged(file, `a row of ${String(name)} is not JSON`);
  }
  // Rows of an older agent are judged when they have been migrated.
  if (judgeSchema(database, file) === MIGRATIONS.length) checkShapes(database, file);
}

/** Tables whose rows are one object each. */
const OF_OBJECTS = ["source", "file", "confirmation", "intent", "observe_only", "document"];

function checkShapes(database: DatabaseSync, file: string): void {
  for (const name of OF_OBJECTS) {
    const odd = database
      .prepare(`SELECT 1 FROM "${name}" WHERE json_type(document) <> 'object' LIMIT 1`)
      .get();
    if (odd !== undefined) throw storeDamaged(file, otherShape(name, "it is not an object"));
  }
  checkRooms(database, file);
}

function checkRooms(database: DatabaseSync, file: string): void {
  for (const row of database.prepare("SELECT room_id, document FROM room").iterate()) {
    const wrong = wrongRoom(String(row["room_id"]), JSON.parse(String(row["document"])));
    if (wrong !== null) throw storeDamaged(file, otherShape("room", wrong));
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
