import type { Stats } from "node:fs";
import { storeUnavailable } from "./sqlite-errors.ts";
import { statOf } from "./sqlite-files.ts";
import { LogMark } from "./sqlite-log-mark.ts";

/** Checks a store's file: it must be the one that was opened, and its log is marked before each commit. */
export class FileGuard {
  readonly #file: string;
  readonly #mark: LogMark;
  readonly #inode: number | undefined;

  constructor(file: string) {
    this.#file = file;
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

  /** The same before a commit. */
  checkForCommit(): void {
    this.#mark.note(this.check());
  }

  /** Before the file is closed in order. */
  end(): void {
    this.#mark.forget();
  }
}
