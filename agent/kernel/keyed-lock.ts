/** Lets work on the same key happen one after the other, and work on different keys side by side. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` while it alone holds every one of `keys`. Waits its turn for all of them at once, so no two can wait for each other. */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const wanted = [...new Set(keys)];
    const before = wanted.map((key) => this.#tails.get(key) ?? Promise.resolve());
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const key of wanted) this.#tails.set(key, held);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      release();
      for (const key of wanted) if (this.#tails.get(key) === held) this.#tails.delete(key);
    }
  }
}
