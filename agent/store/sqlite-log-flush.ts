import { close, fdatasync, fsyncSync, openSync, closeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

const syncData = promisify(fdatasync);
const closeFile = promisify(close);

/**
 * Brings the write-ahead log of a database to the disk without holding up the process: SQLite itself would wait for the
 * disk inside COMMIT. The log is one file for as long as a connection is open, so it is opened once.
 */
export class LogFlush {
  readonly #log: string;
  #descriptor: number | null = null;

  /** `file` is the database. */
  constructor(file: string) {
    this.#log = `${file}-wal`;
  }

  /** Resolves when everything that was committed before the call is on disk. */
  async flush(): Promise<void> {
    this.#descriptor ??= openLasting(this.#log);
    await syncData(this.#descriptor);
  }

  /** Idempotent; no flush may be under way. */
  async close(): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) await closeFile(descriptor);
  }
}

/** Opens a file whose name is to outlast a power cut. */
function openLasting(path: string): number {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  return openSync(path, "r");
}
