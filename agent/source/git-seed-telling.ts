import type { GitObjectStore } from "./git-object-store.ts";
import { seedBytes } from "./git-seeds.ts";
import type { SeedBytes, SpecFile } from "./spec-source.ts";

export interface SeedTellingOptions {
  /** The clone may have been made anew since. */
  readonly objects: () => GitObjectStore;
  /** Resolves when the bytes were taken. */
  readonly tell: (seed: SeedBytes) => Promise<unknown>;
  /** Says that work goes on. */
  readonly progress: () => void;
}

/**
 * Tells the bytes of seeds before the files that name them, each blob once in a sync. One at a time: however many and large
 * they are, the bytes of one are in memory, and whoever takes them has time for others in between.
 */
export class SeedTelling {
  readonly #options: SeedTellingOptions;
  readonly #told = new Set<string>();

  constructor(options: SeedTellingOptions) {
    this.#options = options;
  }

  async tellSeedsOf(files: readonly SpecFile[]): Promise<void> {
    const { objects, tell, progress } = this.#options;
    for (const seed of files.flatMap(({ seeds }) => seeds)) {
      if (seed.kind !== "present" || this.#told.has(seed.oid)) continue;
      await tell({ oid: seed.oid, bytes: seedBytes(seed, objects()) });
      this.#told.add(seed.oid);
      progress();
    }
  }
}
