/**
 * Seeds that running work may still read or is about to refer to, although no row does: those that were handed in, or that a
 * row ceased to need, since the oldest work began that is still under way.
 */
export class SeedHolds {
  #time = 0;
  readonly #begun = new Set<{ readonly at: number }>();
  /** When a seed was handed in or ceased to be needed last; the oldest first. */
  readonly #noted = new Map<string, number>();

  async during<T>(work: () => Promise<T>): Promise<T> {
    const hold = { at: this.#next() };
    this.#begun.add(hold);
    try {
      return await work();
    } finally {
      this.#begun.delete(hold);
    }
  }

  /** A seed was handed in, or a row ceased to need it. */
  note(oid: string): void {
    this.#noted.delete(oid);
    this.#noted.set(oid, this.#next());
  }

  has(oid: string): boolean {
    this.#forget();
    return this.#noted.has(oid);
  }

  /** Drops entries that no running work can refer to. */
  #forget(): void {
    const [oldest] = this.#begun;
    for (const [oid, at] of this.#noted) {
      if (oldest !== undefined && at > oldest.at) return;
      this.#noted.delete(oid);
    }
  }

  #next(): number {
    this.#time += 1;
    return this.#time;
  }
}
