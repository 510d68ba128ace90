import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTick } from "node:timers/promises";
import type { OperatorError } from "../kernel/errors.ts";
import { numberOf } from "./sqlite-document.ts";
import {
  SQLITE_FULL,
  isDiskError,
  sqliteCode,
  storeUnavailable,
  toStoreError,
} from "./sqlite-errors.ts";
import { isInParts } from "./sqlite-seeds.ts";
import type { StoreChange } from "./store.ts";
import { packAudit, type RowChange } from "./sqlite-audit.ts";

/** How much is written in one tick: rows, where this many bytes of a blob weigh as much as one. */
const ROWS_PER_TICK = 200;
const BYTES_PER_ROW = 65_536;

interface Batch {
  readonly changes: readonly RowChange[];
  readonly weight: number;
  /** Too large to be written in one tick. */
  readonly isLarge: boolean;
  readonly resolve: () => void;
  readonly reject: (error: OperatorError) => void;
}

export interface GroupCommitOptions {
  readonly database: DatabaseSync;
  /** For messages. */
  readonly file: string;
  /** Writes one change, in steps; throws what is wrong with it. */
  readonly applyInSteps: (change: RowChange) => Iterable<void>;
  /** What was applied is undone, of one batch or of all. */
  readonly onRollback: () => void;
  /** Throws when a commit to the file would not last. */
  readonly checkFile: () => void;
  /** Brings what was committed to the disk; rejects when the disk refuses. */
  readonly flush: () => Promise<void>;
}

/**
 * Writes batches in the order they came. Those that wait when a tick begins share one transaction, and those that come
 * while it goes to disk share the next, so that a hundred rooms pay for one flush. Each fails alone: where one does, all are
 * written again with a savepoint for each. Savepoints in every transaction would copy each page again that a batch changes.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #queue: Batch[] = [];
  #writing: Promise<void> | null = null;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Resolves when the batch is on disk. */
  write(given: readonly StoreChange[]): Promise<void> {
    const changes = packAudit(given);
    return new Promise((resolve, reject) => {
      const isLarge = changes.some((one) => one.kind === "seed" && isInParts(one.bytes));
      const weight = weightOf(changes);
      const ordered = isLarge ? seedsFirst(changes) : changes;
      this.#queue.push({ changes: ordered, weight, isLarge, resolve, reject });
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
      const [first] = group;
      const ends = first?.isLarge === true ? await this.#commitLarge(first) : this.#commit(group);
      const flushed = ends.includes(null) ? await this.#flush() : null;
      if (first?.isLarge === true && ends[0] === null && flushed === null) this.#checkpoint();
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

  /** Brings the log into the file, which a large batch left to be done when the log is on disk. */
  #checkpoint(): void {
    try {
      this.#options.database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // What was committed is in the log all the same; the next commit tries again, and says what is wrong with the disk.
    }
  }

  /** As many batches as one tick takes, and always one; a large one is alone. */
  #takeGroup(): readonly Batch[] {
    let weight = 0;
    const end = this.#queue.findIndex((batch, index) => {
      weight += batch.weight;
      return index > 0 && (weight > ROWS_PER_TICK || batch.isLarge);
    });
    const isAlone = this.#queue[0]?.isLarge === true;
    return this.#queue.splice(0, isAlone ? 1 : end === -1 ? this.#queue.length : end);
  }

  /** How each batch ended, in order: null for written. */
  #commit(group: readonly Batch[]): readonly (OperatorError | null)[] {
    const { database, file, checkFile } = this.#options;
    const ends: (OperatorError | null)[] = [];
    try {
      checkFile();
      database.exec("BEGIN IMMEDIATE");
      if (this.#applyTogether(group)) ends.push(...group.map(() => null));
      else for (const batch of group) ends.push(toEnd(this.#applyApart(batch)));
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

  /**
   * The same for one batch over many ticks. Its transaction stays open meanwhile: others read, as they do without it, and
   * what they write waits. Should it not come to its commit, nothing of it is there.
   */
  async #commitLarge(batch: Batch): Promise<readonly (OperatorError | null)[]> {
    const { database, file, checkFile } = this.#options;
    try {
      checkFile();
      database.exec("BEGIN IMMEDIATE");
      const steps = this.#applyApart(batch);
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) {
        await nextTick();
        // Another statement may have met a full disk, which undoes the transaction.
        if (!database.isTransaction) throw storeUnavailable(file, "the disk refused a large write");
      }
      // With a checkpoint in it, this would wait for the disk twice, for all that the log holds.
      withoutCheckpoint(database, () => database.exec("COMMIT"));
      return [step.value];
    } catch (error) {
      this.#rollback();
      return [toStoreError(file, error)];
    }
  }

  /** False when a batch cannot be written: then nothing is, and a new transaction has begun. */
  #applyTogether(group: readonly Batch[]): boolean {
    const { database, applyInSteps } = this.#options;
    try {
      for (const { changes } of group) {
        for (const change of changes) {
          for (const _step of applyInSteps(change)) continue;
        }
      }
      return true;
    } catch (error) {
      if (isDiskError(error)) throw error;
      this.#rollback();
      database.exec("BEGIN IMMEDIATE");
      return false;
    }
  }

  /** What is wrong with the batch alone is returned; what is wrong with the disk is thrown. */
  *#applyApart(batch: Batch): Generator<void, OperatorError | null> {
    const { database, file, applyInSteps } = this.#options;
    database.exec("SAVEPOINT batch");
    try {
      for (const change of batch.changes) yield* applyInSteps(change);
      database.exec("RELEASE batch");
      return null;
    } catch (error) {
      if (isDiskError(error)) throw error;
      this.#options.onRollback();
      database.exec("ROLLBACK TO batch");
      database.exec("RELEASE batch");
      return toStoreError(file, error);
    }
  }

  /** SQLite has undone the transaction itself after some errors. */
  #rollback(): void {
    const { database, onRollback } = this.#options;
    onRollback();
    if (!database.isTransaction) return;
    try {
      database.exec("ROLLBACK");
    } catch {
      // Nothing of it counts without its commit; should it still stand, the next BEGIN fails and says so.
    }
  }
}

function toEnd(steps: Generator<void, OperatorError | null>): OperatorError | null {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

function withoutCheckpoint(database: DatabaseSync, commit: () => void): void {
  const pages = numberOf(
    database.prepare("PRAGMA wal_autocheckpoint").get() ?? {},
    "wal_autocheckpoint",
  );
  database.exec("PRAGMA wal_autocheckpoint = 0");
  try {
    commit();
  } finally {
    database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
  }
}

/** So that nothing but seeds, which no row names yet, can be read before the commit. */
function seedsFirst(changes: readonly RowChange[]): readonly RowChange[] {
  const isSeed = ({ kind }: RowChange) => kind === "seed";
  return [...changes.filter(isSeed), ...changes.filter((one) => !isSeed(one))];
}

function weightOf(changes: readonly RowChange[]): number {
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
