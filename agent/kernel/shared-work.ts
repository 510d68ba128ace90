/** Ms: after work that takes less the next begins at once. */
const SHORT_MS = 50;
/** Ms: no rest is longer. */
const LONGEST_REST_MS = 1000;

/** The work of one key. */
interface Shared<T> {
  /** For those who asked since it was begun; null: none did. */
  next: PromiseWithResolvers<T> | null;
}

/**
 * Does `work` of a key once at a time. Whoever asks while it is done gets what it gives the next time, together with all who ask for that key
 * meanwhile: however many ask, it is begun after each of them asked, and two of it are wanted at most. Of all keys one is worked on at a
 * time, in the order in which they were asked for, and after it the process has as long for other things as it took: while it works in
 * turns, Node takes one new connection in each of them. `rest` waits for that many ms.
 */
export function sharedWork<K, T>(
  work: (key: K) => Promise<T>,
  rest: (ms: number) => Promise<unknown> = pause,
): (key: K) => Promise<T> {
  const shared = new Map<K, Shared<T>>();
  let isBusy = false;
  const begin = (key: K, asked: Shared<T>, { resolve, reject }: PromiseWithResolvers<T>): void => {
    const startedMs = performance.now();
    isBusy = true;
    asked.next = null;
    void work(key)
      .then(resolve, reject)
      .then(() => {
        // A key that is asked for again comes after those that wait.
        shared.delete(key);
        if (asked.next !== null) shared.set(key, asked);
        const tookMs = performance.now() - startedMs;
        return tookMs < SHORT_MS ? undefined : rest(Math.min(tookMs, LONGEST_REST_MS));
      })
      .then(() => {
        isBusy = false;
        beginNext();
      });
  };
  const beginNext = (): void => {
    const [first] = shared;
    if (isBusy || first === undefined) return;
    const [key, asked] = first;
    if (asked.next !== null) begin(key, asked, asked.next);
  };
  return (key) => {
    const asked = shared.get(key) ?? { next: null };
    shared.set(key, asked);
    asked.next ??= Promise.withResolvers<T>();
    const { promise } = asked.next;
    beginNext();
    return promise;
  };
}

/** A process that ends does not wait for it. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
