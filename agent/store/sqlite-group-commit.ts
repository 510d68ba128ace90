import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTick } from "node:timers/promises";
import type { OperatorError } from "../kernel/errors.ts";
import { SQLITE_FULL, isDiskError, sqliteCode, toStoreError } from "./sqlite-errors.ts";
import type { StoreChange } from "./store.ts";

/** How much is written in one tick: rows, where this many bytes of a blob weigh as much as one. */
const ROWS_PER_TICK = 200;
const BYTES_PER_ROW = 65_536;

interface Batch {
  readonly changes: readonly StoreChange[];
  readonly weight: number;
  readonly resolve: () => void;
  readonly reject: (error: OperatorError) => void;
}

export interface GroupCommitOptions {
  readonly database: DatabaseSync;
  /** For messages. */
  readonly file: string;
  /** Writes one change; throws what is wrong with it. */
  readonly apply: (change: StoreChange) => void;
  /** Throws when a commit to the file would not last. */
  readonly checkFile: () => void;
  /** Brings what was committed to the disk; rejects when the disk refuses. */
  readonly flush: () => Promise<void>;
}

/**
 * Writes batches in the order they came. Those that wait when a tick begins share one transaction, and those that come
 * while it goes to disk share the next, so that a hundred rooms pay for one flush; each has a savepoint of its own, so that
 * it fails alone.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #queue: Batch[] = [];
  #writing: Promise<void> | null = null;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Resolves when the batch is on disk. */
  write(changes: readonly StoreChange[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ changes, weight: weightOf(changes), resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when nothing is waiting any more. */
  async drain(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      await nextTick();
      const group = this.#takeGroup();
      const ends = this.#commit(group);
      const flushed = ends.includes(null) ? await this.#flush() : null;
      ends.forEach((error, index) => {
        const failure = error ?? flushed;
        if (failure === null) group[index]?.resolve();
        else group[index]?.reject(failure);
      });
    }
    this.#writing = null;
  }

  /**
   * What is wrong with the disk, or null. What it could not take is committed all the same and may be read: its caller has
   * to take it for unknown, as after a crash in that moment.
   */
  async #flush(): Promise<OperatorError | null> {
    const { flush, file } = this.#options;
    try {
      await flush();
      return null;
    } catch (error) {
      return toStoreError(file, error);
    }
  }

  /** As many batches as one tick takes, and always one. */
  #takeGroup(): readonly Batch[] {
    let weight = 0;
    const end = this.#queue.findIndex((batch, index) => {
      weight += batch.weight;
      return index > 0 && weight > ROWS_PER_TICK;
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }

  /** How each batch ended, in order: null for written. */
  #commit(group: readonly Batch[]): readonly (OperatorError | null)[] {
    const { database, file, checkFile } = this.#options;
    const ends: (OperatorError | null)[] = [];
    try {
      checkFile();
      database.exec("BEGIN IMMEDIATE");
      for (const batch of group) ends.push(this.#applyBatch(batch));
      database.exec("COMMIT");
      return ends;
    } catch (error) {
      this.#rollback();
      // What did not fit together may fit one by one: no batch fails for the size of another.
      if (group.length > 1 && sqliteCode(error) === SQLITE_FULL) {
        return group.flatMap((batch) => this.#commit([batch]));
      }
      const unavailable = toStoreError(file, error);
      return group.map((_, index) => ends[index] ?? unavailable);
    }
  }

  /** What is wrong with the batch alone is returned; what is wrong with the disk is thrown. */
  #applyBatch(batch: Batch): OperatorError | null {
    const { database, file, apply } = this.#options;
    database.exec("SAVEPOINT batch");
    try {
      for (const change of batch.changes) apply(change);
      database.exec("RELEASE batch");
      return null;
    } catch (error) {
      if (isDiskError(error)) throw error;
      database.exec("ROLLBACK TO batch");
      database.exec("RELEASE batch");
      return toStoreError(file, error);
    }
  }

  /** SQLite has undone the transaction itself after some errors. */
  #rollback(): void {
    const { database } = this.#options;
    if (!database.isTransaction) return;
    try {
      database.exec("ROLLBACK");
    } catch {
      // Nothing of it counts without its commit; should it still stand, the next BEGIN fails and says so.
    }
  }
}

function weightOf(changes: readonly StoreChange[]): number {
  let weight = 0;
  for (const change of changes) {
    const bytes =
      change.kind === "seed"
        ? change.bytes.length
        : change.kind === "spec"
          ? change.text.length
          : 0;
    weight += 1 + Math.floor(bytes / BYTES_PER_ROW);
  }
  return weight;
}
