import { SeedHolds } from "./seed-holds.ts";
import type { Statements } from "./sqlite-statements.ts";
import { sweepSpareSeeds, sweepStore, type SweepOptions } from "./sqlite-sweep.ts";
import type { StoreChange } from "./store.ts";

const SPARE_SEED_BYTES = 64 * 1024 * 1024;

export interface SweeperOptions {
  readonly statements: Statements;
  readonly nowMs: () => number;
  readonly isStopped: () => boolean;
  /** See `StoreOptions`. */
  readonly spareSeedBytes?: number;
}

/** When a store is swept, and which seeds are spared. */
export class Sweeper {
  readonly holds = new SeedHolds();
  readonly #options: SweepOptions;
  readonly #spareSeedBytes: number;
  /** Bytes of seeds that were handed in since they were swept. */
  #seedBytes = 0;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: SweeperOptions) {
    this.#options = { ...options, isHeld: (oid) => this.holds.has(oid) };
    this.#spareSeedBytes = options.spareSeedBytes ?? SPARE_SEED_BYTES;
  }

  /** Before the changes are written: from then on a sweep may meet their seeds. */
  noteSeeds(changes: readonly StoreChange[]): void {
    for (const change of changes) {
      if (change.kind !== "seed") continue;
      this.holds.note(change.oid);
      this.#seedBytes += change.bytes.length;
    }
  }

  /** Deletes what `Store.sweep` says. */
  sweep(beforeMs: number): Promise<void> {
    return this.#inTurn(() => sweepStore(this.#options, beforeMs));
  }

  /** Deletes unreferenced seeds, where many were written lately. */
  async sweepSpareSeeds(): Promise<void> {
    if (this.#seedBytes < this.#spareSeedBytes) return;
    this.#seedBytes = 0;
    await this.#inTurn(() => sweepSpareSeeds(this.#options));
  }

  /** Resolves when no sweep runs; its failure rejects the call that started it. */
  async ended(): Promise<void> {
    await this.#sweeping.catch(() => undefined);
  }

  /** One after the other: two sweeps at a time would do the same work twice. */
  #inTurn(sweep: () => Promise<void>): Promise<void> {
    this.#sweeping = this.ended().then(sweep);
    return this.#sweeping;
  }
}
