import { closeSync, fsyncSync, openSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/** How long a statement waits for a foreign program (a backup, a shell) that holds the file; the agent waits with it. */
export const BUSY_MS = 250;

/**
 * Another connection to a database that is in use. Where the file is gone this fails: a plain open would make an empty one, to which
 * SQLite finds that the log does not belong, and removes it with all that was committed last.
 */
export function openAgain(file: string, timeout: number): DatabaseSync {
  const url = pathToFileURL(file);
  url.searchParams.set("mode", "rw");
  return new DatabaseSync(url, { timeout });
}

/** Null when there is no such file. */
export function statOf(file: string): Stats | null {
  return statSync(file, { throwIfNoEntry: false }) ?? null;
}

/** Makes the names in the folder of `file` outlast a power cut. */
export function syncFolderOf(file: string): void {
  syncFile(dirname(file));
}

/** Brings a file, or the names in a folder, to the disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
