import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { toIso } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import { SQLITE_BUSY, sqliteCode, storeUnavailable } from "./sqlite-errors.ts";
import { statOf } from "./sqlite-files.ts";
import type { StoreOptions } from "./open-store.ts";
import { createPrivateFile } from "./private-file.ts";
import { readHolder, removeHolder, writeHolder, type Holder } from "./store-holder.ts";

/** Two agents that start in the same instant could see each other's first step as a lock; this lets one of them win. */
const RACE_MS = 100;

/** Locks that are held: one without a reference would be released by the garbage collector. */
const HELD = new Set<DatabaseSync>();

const LOCK_LOST =
  "its lock file agent.lock was removed or replaced, so another agent may use this data folder: restart this agent (the start names the other one, if any)";

export interface StoreLock {
  /** False when the lock file was removed or replaced: then another agent can lock the folder. */
  isOurs(): boolean;
  /** Throws `StoreUnavailable` unless `isOurs()`. */
  check(): void;
  /** Called once. Leaves the files of another agent as they are. */
  release(): void;
}

/**
 * The exclusive lock of a data folder (L9): the operating system's lock on `agent.lock`, which goes with the process
 * however it ends. `holder.json` next to it only names the holder. A folder that is held already is refused with
 * OperatorError `StoreLocked`, also when this very process holds it.
 */
export function acquireStoreLock(
  folder: string,
  { nowMs, heldSince }: Pick<StoreOptions, "nowMs" | "heldSince">,
): StoreLock {
  const lockFile = join(folder, "agent.lock");
  // Nothing here may open and close an existing lock file: POSIX drops a process's locks when it closes any descriptor.
  createPrivateFile(lockFile);
  const database = new DatabaseSync(lockFile, { timeout: RACE_MS });
  try {
    // Nothing is ever committed to it, so it needs no journal file that a killed process would leave.
    database.exec("PRAGMA journal_mode = MEMORY");
    database.exec("BEGIN EXCLUSIVE");
    writeHolder(folder, { pid: process.pid, host: hostname(), since: heldSince ?? toIso(nowMs()) });
  } catch (error) {
    database.close();
    throw sqliteCode(error) === SQLITE_BUSY ? storeLocked(folder, readHolder(folder)) : error;
  }
  HELD.add(database);
  const inode = statOf(lockFile)?.ino;
  const isOurs = () => {
    const found = statOf(lockFile);
    return found !== null && found.ino === inode;
  };
  return {
    isOurs,
    check: () => {
      if (!isOurs()) throw storeUnavailable(folder, LOCK_LOST);
    },
    release: () => {
      HELD.delete(database);
      // First the name, then the lock: the other way round it could be the next holder's name.
      if (isOurs()) removeHolder(folder);
      database.close();
    },
  };
}

function storeLocked(folder: string, holder: Holder | null): OperatorError {
  const who =
    holder === null
      ? "another agent (it has not said which)"
      : `the agent with pid ${holder.pid} on host ${holder.host} since ${holder.since}`;
  return new OperatorError(
    "StoreLocked",
    `data folder ${folder} is in use by ${who}: stop that agent, or give this one another Store.Path`,
    { data: { folder, ...holder } },
  );
}
