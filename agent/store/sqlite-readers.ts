import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTick } from "node:timers/promises";
import type { ResultRow } from "./sqlite-document.ts";
import { storeUnavailable, toStoreError } from "./sqlite-errors.ts";
import { BUSY_MS, openAgain } from "./sqlite-files.ts";
import { Statements } from "./sqlite-statements.ts";

/** Rows read in one tick. */
const ROWS_PER_TICK = 200;
/** Connections kept for the next read; more are opened while more reads are under way. */
const KEPT = 2;

export interface Query<T> {
  readonly sql: string;
  readonly values: readonly (string | number)[];
  readonly read: (row: ResultRow) => readonly T[];
  /** At most so many. Absent: all. */
  readonly count?: number;
}

interface Reader {
  readonly database: DatabaseSync;
  readonly statements: Statements;
}

/**
 * Reads lists of any length without holding up the process: each list has a connection to itself, so that it shows the
 * moment it was asked for while writes continue.
 */
export class Readers {
  readonly #file: string;
  readonly #checkFile: () => unknown;
  readonly #idle: Reader[] = [];
  readonly #reading = new Set<Promise<unknown>>();
  #closed = false;

  /** `checkFile` throws when the file is not the store any more: the log of the store is not that of another one. */
  constructor(file: string, checkFile: () => unknown) {
    this.#file = file;
    this.#checkFile = checkFile;
  }

  /** What the rows that a query finds hold. */
  readAll<T>(query: Query<T>): Promise<readonly T[]> {
    const reading = this.#read(query).finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
    return reading;
  }

  /** Lets the reads under way end, then closes their connections. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#reading);
    for (const { database } of this.#idle.splice(0)) database.close();
  }

  async #read<T>({ sql, values, read, count }: Query<T>): Promise<readonly T[]> {
    if (this.#closed) throw storeUnavailable(this.#file, "it is closed: the agent is stopping");
    let reader: Reader | undefined;
    try {
      reader = this.#idle.pop() ?? this.#open();
      const found: T[] = [];
      let rows = 0;
      for (const row of reader.statements.get(sql).iterate(...values)) {
        found.push(...read(row));
        if (count !== undefined && found.length >= count) break;
        rows += 1;
        if (rows % ROWS_PER_TICK === 0) await nextTick();
      }
      return found.slice(0, count);
    } catch (error) {
      throw toStoreError(this.#file, error);
    } finally {
      if (reader !== undefined) this.#giveBack(reader);
    }
  }

  #open(): Reader {
    this.#checkFile();
    // Not opened read-only: the connection that closes last could not clear the log away.
    const database = openAgain(this.#file, BUSY_MS);
    return { database, statements: new Statements(database) };
  }

  #giveBack(reader: Reader): void {
    if (this.#idle.length < KEPT) this.#idle.push(reader);
    else reader.database.close();
  }
}
