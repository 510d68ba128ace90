import { isDeepStrictEqual } from "node:util";
import { KeyedLock } from "../kernel/keyed-lock.ts";
import { observedRevision } from "../room/revision.ts";
import type { SourceRow } from "../room/rows.ts";
import { joinConfirms } from "../room/used-confirms.ts";
import type { Store, StoreChange } from "../store/store.ts";

/** A source as it shall be, and what is to be written with it. */
export interface SourceUpdate {
  readonly row: SourceRow;
  readonly changes?: readonly StoreChange[];
}

/** What sees every change of a source's row. */
export interface SourceWatch {
  /** What is to be written with it. */
  records(after: SourceRow, before: SourceRow): readonly StoreChange[];
  /** It has been written; `before` is null for the row that was found at the start. */
  written(after: SourceRow, before: SourceRow | null): void;
}

/** The revision that the source is synced at, and the one before it. */
export function syncedAt(
  { syncedRevision, syncedBefore = null }: Pick<SourceRow, "syncedRevision" | "syncedBefore">,
  revision: string | null,
): Pick<SourceRow, "syncedRevision" | "syncedBefore"> {
  if (revision === syncedRevision) return { syncedRevision, syncedBefore };
  return { syncedRevision: revision, syncedBefore: syncedRevision };
}

const NO_WATCH: SourceWatch = { records: () => [], written: () => undefined };

/**
 * The row of one source. Snapshots, looks and passes change it at the same time: each makes its change from the row as it is
 * then, one after the other, so that none undoes what another has just written.
 */
export class SourceRecord {
  readonly #store: Pick<Store, "write">;
  readonly #lock = new KeyedLock();
  readonly #watch: SourceWatch;
  #row: SourceRow;

  constructor(row: SourceRow, store: Pick<Store, "write">, watch: SourceWatch = NO_WATCH) {
    this.#row = row;
    this.#store = store;
    this.#watch = watch;
    watch.written(row, null);
  }

  /** As it was written last. */
  get row(): SourceRow {
    return this.#row;
  }

  /** Notes, together with `changes`, that rooms are going to be at `head` before it counts. */
  beginTakingIn(head: string, changes: readonly StoreChange[] = []): Promise<void> {
    return this.update((now) => {
      const isKnown = now.takingIn === head || now.observedHead === head;
      if (isKnown && changes.length === 0) return null;
      return { row: isKnown ? now : { ...now, takingIn: head }, changes };
    });
  }

  /** Every room was verified at its newest inputs: the newest snapshot is what the rooms are at. */
  noteSynced(): Promise<void> {
    return this.update((now) => {
      const synced = syncedAt(now, observedRevision(now));
      return synced.syncedRevision === now.syncedRevision ? null : { row: { ...now, ...synced } };
    });
  }

  /** Confirmations that another source read before must not count again. */
  inheritConfirms(used: SourceRow["usedConfirms"]): Promise<void> {
    return this.update((now) => {
      const usedConfirms = joinConfirms([now.usedConfirms, used]);
      return isDeepStrictEqual(usedConfirms, now.usedConfirms)
        ? null
        : { row: { ...now, usedConfirms } };
    });
  }

  /** Writes what `change` makes of the row; null: nothing. */
  update(change: (now: SourceRow) => SourceUpdate | null): Promise<void> {
    return this.#lock.run([this.#row.name], async () => {
      const update = change(this.#row);
      if (update === null) return;
      const { row, changes = [] } = update;
      const before = this.#row;
      const records = this.#watch.records(row, before);
      // A snapshot comes in many batches: the row is not written with each of them.
      const source: readonly StoreChange[] = row === before ? [] : [{ kind: "source", row }];
      await this.#store.write([...changes, ...records, ...source]);
      this.#row = row;
      this.#watch.written(row, before);
    });
  }
}
