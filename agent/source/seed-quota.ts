import type { KnownFile } from "./spec-source.ts";

/** How many bytes the seeds of one source may have together. Each blob counts once, however many specs name it. */
export class SeedQuota {
  readonly limit: number;
  readonly #counted = new Set<string>();
  #bytes = 0;

  constructor(limit: number, known: Iterable<KnownFile> = []) {
    this.limit = limit;
    for (const { seeds } of known) {
      for (const { oid, size } of seeds) if (oid !== null) this.#count(oid, size);
    }
  }

  fits(oid: string, size: number): boolean {
    return this.#counted.has(oid) || this.#bytes + size <= this.limit;
  }

  /** Counts a seed that fits; false: it does not. */
  take(oid: string, size: number): boolean {
    if (!this.fits(oid, size)) return false;
    this.#count(oid, size);
    return true;
  }

  #count(oid: string, size: number): void {
    if (this.#counted.has(oid)) return;
    this.#counted.add(oid);
    this.#bytes += size;
  }
}
