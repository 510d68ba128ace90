import type { GitObjectStore } from "./objects/git-object-store.ts";
import { seedBytes } from "./git-seeds.ts";
import type { SeedBytes, SpecFile } from "../spec-source.ts";

export interface SeedSenderOptions {
  /** A function, because the clone may have been rotated since. */
  readonly objects: () => GitObjectStore;
  /** Resolves when the bytes were taken. */
  readonly tell: (seed: SeedBytes) => Promise<unknown>;
  /** Reports progress. */
  readonly progress: () => void;
}

/**
 * Sends the bytes of seeds before the files that name them, each blob once in a sync. One at a time: only the bytes of one
 * seed are in memory, and the receiver can do other work in between.
 */
export class SeedSender {
  readonly #options: SeedSenderOptions;
  readonly #sent = new Set<string>();

  constructor(options: SeedSenderOptions) {
    this.#options = options;
  }

  async tellSeedsOf(files: readonly SpecFile[]): Promise<void> {
    const { objects, tell, progress } = this.#options;
    for (const seed of files.flatMap(({ seeds }) => seeds)) {
      if (seed.kind !== "present" || this.#sent.has(seed.oid)) continue;
      await tell({ oid: seed.oid, bytes: seedBytes(seed, objects()) });
      this.#sent.add(seed.oid);
      progress();
    }
  }
}
