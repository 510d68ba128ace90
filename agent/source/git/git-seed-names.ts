/** Which specs name which seeds, by the blob ids of the specs, over all the commits of a range. */
export class SeedNames {
  readonly specsBySeed = new Map<string, Set<string>>();
  readonly #byOid = new Map<string, ReadonlySet<string>>();

  note(spec: { readonly path: string; readonly oid: string }, seeds: readonly string[]): void {
    this.#byOid.set(spec.oid, new Set(seeds));
    for (const seed of seeds) {
      const paths = this.specsBySeed.get(seed) ?? new Set();
      this.specsBySeed.set(seed, paths.add(spec.path));
    }
  }

  knows(oid: string): boolean {
    return this.#byOid.has(oid);
  }

  has(oid: string, seed: string): boolean {
    return this.#byOid.get(oid)?.has(seed) ?? false;
  }
}
