import { gitFailure, limitExceeded } from "../git-failure.ts";
import type { CommitRecord } from "../spec-source.ts";

/** Characters of all messages and authors of a range; they travel to the main thread at once. */
const TEXTS = 32 * 1024 * 1024;

/** Adds up what the commits of a range cost to read. Throws `LimitExceeded` when that is too much. */
export class CommitWork {
  readonly #most: number;
  #files = 0;
  #texts = 0;

  /** `most` files may be changed by all commits together, each counted once for each commit. */
  constructor(most: number) {
    this.#most = most;
  }

  files(count: number): void {
    this.#files += count;
    if (this.#files > this.#most) {
      throw limitExceeded(
        "CommitFiles",
        this.#most,
        "The commits since the last sync change too many files",
      );
    }
  }

  /** Gives the record back. */
  record(record: CommitRecord): CommitRecord {
    this.#texts += record.message.length + record.author.length + record.committer.length;
    if (this.#texts > TEXTS) {
      const what = "The messages of the commits since the last sync are too long";
      throw gitFailure("LimitExceeded", `${what} (fixed limit: ${TEXTS} characters).`);
    }
    return record;
  }
}
