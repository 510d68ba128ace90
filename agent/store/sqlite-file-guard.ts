import type { Stats } from "node:fs";
import type { StoreOptions } from "./open-store.ts";
import { storeUnavailable, toStoreError } from "./sqlite-errors.ts";
import { statOf } from "./sqlite-files.ts";
import type { StoreLock } from "./sqlite-lock.ts";
import { LogMark } from "./sqlite-log-mark.ts";

/**
 * Checks a store's file and the lock of its folder: both must be those that were opened. The file's log is marked before
 * each commit.
 */
export class FileGuard {
  readonly #file: string;
  readonly #mark: LogMark;
  readonly #lock: StoreLock;
  readonly #inode: number | undefined;

  constructor(file: string, lock: StoreLock) {
    this.#file = file;
    this.#lock = lock;
    this.#mark = new LogMark(file);
    this.#inode = statOf(file)?.ino;
  }

  /** Throws `StoreUnavailable` when the file is gone or another one is in its place. */
  check(): Stats {
    const stat = statOf(this.#file);
    if (stat === null || stat.ino !== this.#inode) {
      throw storeUnavailable(this.#file, "it was removed or replaced: restart the agent");
    }
    return stat;
  }

  /** The same before a commit, which also needs the lock. Costs one more stat. */
  checkForCommit(): void {
    this.#lock.check();
    this.#mark.note(this.check());
  }

  /** Throws as `checkForCommit` does, and reports that as a failed write. */
  report(onWrite: StoreOptions["onWrite"]): void {
    try {
      this.checkForCommit();
    } catch (error) {
      const known = toStoreError(this.#file, error);
      onWrite?.({ ok: false, message: known.message, durationMs: 0 });
      throw known;
    }
  }

  /** Before the file is closed in order. Another agent that has the lock now keeps its mark. */
  end(): void {
    if (this.#lock.isOurs()) this.#mark.forget();
  }
}
