import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { toIso } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import { SQLITE_BUSY, sqliteCode } from "./sqlite-errors.ts";
import { createPrivateFile } from "./private-file.ts";

/** Two agents that start in the same instant could see each other's first step as a lock; this lets one of them win. */
const RACE_MS = 100;

const holderSchema = z.object({
  pid: z.number().int(),
  host: z.string(),
  /** ISO time. */
  since: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

/** Locks that are held: one without a reference would be released by the garbage collector. */
const HELD = new Set<DatabaseSync>();

export interface StoreLock {
  /** Called once. */
  release(): void;
}

/**
 * The exclusive lock of a data folder (L9): the operating system's lock on `agent.lock`, which goes with the process
 * however it ends. `holder.json` next to it only names the holder. A folder that is held already is refused with
 * OperatorError `StoreLocked`, also when this very process holds it.
 */
export function acquireStoreLock(folder: string, nowMs: () => number): StoreLock {
  const lockFile = join(folder, "agent.lock");
  const holderFile = join(folder, "holder.json");
  // Nothing here may open and close an existing lock file: POSIX drops a process's locks when it closes any descriptor.
  createPrivateFile(lockFile);
  const database = new DatabaseSync(lockFile, { timeout: RACE_MS });
  try {
    // Nothing is ever committed to it, so it needs no journal file that a killed process would leave.
    database.exec("PRAGMA journal_mode = MEMORY");
    database.exec("BEGIN EXCLUSIVE");
    writeHolder(holderFile, { pid: process.pid, host: hostname(), since: toIso(nowMs()) });
  } catch (error) {
    database.close();
    throw sqliteCode(error) === SQLITE_BUSY ? storeLocked(folder, readHolder(holderFile)) : error;
  }
  HELD.add(database);
  return {
    release: () => {
      HELD.delete(database);
      // First the name, then the lock: the other way round it could be the next holder's name.
      rmSync(holderFile, { force: true });
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

function writeHolder(file: string, holder: Holder): void {
  const aside = `${file}.new`;
  writeFileSync(aside, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(aside, file);
}

/** Null when there is none yet, or it is not legible: it only serves a message. */
function readHolder(file: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}
