import type { DamageWatch } from "./sqlite-damage-watch.ts";
import type { ResultRow } from "./sqlite-document.ts";
import type { Readers } from "./sqlite-readers.ts";
import type { TableRows } from "./sqlite-rows.ts";
import type { Statements } from "./sqlite-statements.ts";

type Value = string | number;

export interface ReadsOptions {
  readonly statements: Statements;
  readonly readers: Readers;
  readonly watch: DamageWatch;
  /** Throws once the store is closed. */
  readonly checkOpen: () => void;
}

/** How a store reads: short lists on the connection that writes, long ones on one of their own. All errors are those that Store promises. */
export class Reads {
  readonly #options: ReadsOptions;

  constructor(options: ReadsOptions) {
    this.#options = options;
  }

  /** What the rows after `where` hold, whole lists however long. */
  all<T>(rows: TableRows<T>, where: string, ...values: readonly Value[]): Promise<readonly T[]> {
    return this.#list(rows, where, { values });
  }

  /** The first `count` of them. */
  first<T>(
    rows: TableRows<T>,
    where: string,
    given: { readonly values: readonly Value[]; readonly count: number },
  ): Promise<readonly T[]> {
    return this.#list(rows, where, given);
  }

  /** A list that is always short: the connection that writes knows its pages already. */
  few<T>({ select, read }: TableRows<T>, where: string, ...values: readonly Value[]): readonly T[] {
    return this.rows(`${select} ${where}`, ...values).flatMap((row) =>
      this.watched(() => read(row)),
    );
  }

  async one<T>(rows: TableRows<T>, where: string, ...values: readonly Value[]): Promise<T | null> {
    return this.few(rows, where, ...values)[0] ?? null;
  }

  rows(sql: string, ...values: readonly Value[]): readonly ResultRow[] {
    this.#options.checkOpen();
    return this.watched(() => this.#options.statements.get(sql).all(...values));
  }

  watched<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.#options.watch.toError(error);
    }
  }

  async #list<T>(
    { select, read }: TableRows<T>,
    where: string,
    given: { readonly values: readonly Value[]; readonly count?: number },
  ): Promise<readonly T[]> {
    const { checkOpen, readers, watch } = this.#options;
    checkOpen();
    try {
      return await readers.readAll({ sql: `${select} ${where}`, read, ...given });
    } catch (error) {
      throw watch.toError(error);
    }
  }
}
