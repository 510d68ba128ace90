import { OperatorError, messageOf } from "../kernel/errors.ts";
import { storeRefused } from "./store-refused.ts";

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html) that are distinguished here. */
export const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
export const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_TOOBIG = 18;
const SQLITE_CONSTRAINT = 19;
const SQLITE_MISMATCH = 20;
const SQLITE_RANGE = 25;
const SQLITE_NOTADB = 26;

/** Codes that a statement and its values earn, not the disk. */
const OWN_FAULT: ReadonlySet<number> = new Set([
  SQLITE_TOOBIG,
  SQLITE_CONSTRAINT,
  SQLITE_MISMATCH,
  SQLITE_RANGE,
]);

/** Codes that say what the file holds cannot be trusted. */
const DAMAGE: ReadonlySet<number> = new Set([SQLITE_CORRUPT, SQLITE_NOTADB]);

const ADVICE: ReadonlyMap<number, string> = new Map([
  [SQLITE_BUSY, "another program is writing to it: close that program"],
  [SQLITE_READONLY, "it cannot be written to: make the folder and its file system writable"],
  [SQLITE_FULL, "the disk is full: free some space, the agent then continues by itself"],
  [
    SQLITE_CANTOPEN,
    "it cannot be opened: check that the folder exists, its permissions, and the limit on open files (ulimit -n)",
  ],
]);

/** The primary result code of an error that SQLite raised; null for any other error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error)) return null;
  return typeof error.errcode === "number" ? error.errcode & 0xff : null;
}

/** True for an error that concerns the whole database, not the one statement that met it. */
export function isDiskError(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && !OWN_FAULT.has(code);
}

/** OperatorError `StoreUnavailable` that says which file it is about and what to do. */
export function storeUnavailable(file: string, what: string, cause?: unknown): OperatorError {
  return new OperatorError("StoreUnavailable", `store ${file}: ${what}`, {
    data: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** OperatorError `StoreDamaged`: what the file holds cannot be trusted. `what` says how that shows. */
export function storeDamaged(file: string, what: string, cause?: unknown): OperatorError {
  return new OperatorError(
    "StoreDamaged",
    `store ${file} is damaged (${what}): nothing more is written to any room. The next start sets it aside and only ` +
      "observes; or stop the agent and restore a backup into an empty folder",
    { data: { file, found: what }, ...(cause === undefined ? {} : { cause }) },
  );
}

/** The damage that `storeDamaged` was given; null for any other error. */
export function damageOf(error: unknown): string | null {
  if (!(error instanceof OperatorError) || error.code !== "StoreDamaged") return null;
  const { found } = error.data;
  return typeof found === "string" ? found : error.message;
}

/** Whatever was thrown while working on `file`, as the OperatorError that Store promises. */
export function toStoreError(file: string, error: unknown): OperatorError {
  if (error instanceof OperatorError) return error;
  if (DAMAGE.has(sqliteCode(error) ?? 0)) return storeDamaged(file, messageOf(error), error);
  if (!isDiskError(error) && !isSystemError(error)) {
    return storeRefused(`${file} cannot hold this: ${messageOf(error)}`, error);
  }
  const advice =
    ADVICE.get(sqliteCode(error) ?? 0) ?? "check the disk and the folder's permissions";
  return storeUnavailable(file, `${advice} (${messageOf(error)})`, error);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
