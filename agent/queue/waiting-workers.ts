import type { Trigger } from "../kernel/trigger.ts";

/** A key in the hands of one worker until `done`. */
export interface Taken {
  readonly key: string;
  /** The most urgent of all triggers that were merged into this pass. */
  readonly priority: Trigger;
}

/** Instead of a key: something that is not in the queue wants the worker. */
export const WOKEN = "woken";

/** Which keys a worker takes: each one, or all but those that are slow to fail. */
export type Choice = "any" | "quick";

export interface WaitingWorker {
  readonly choice: Choice;
  /** Hands it a key, or null where no key comes any more; it waits no longer then. */
  readonly give: (taken: Taken | typeof WOKEN | null) => void;
}

/** Workers without a key. */
export class WaitingWorkers {
  readonly #waiting: Readonly<Record<Choice, Set<WaitingWorker>>> = {
    quick: new Set(),
    any: new Set(),
  };

  get size(): number {
    return this.#waiting.any.size + this.#waiting.quick.size;
  }

  /** In the order in which they choose: who takes each key takes what the others leave. */
  inOrder(): readonly WaitingWorker[] {
    return [...this.#waiting.quick, ...this.#waiting.any];
  }

  /** Resolves with what it is given. Rejects with the reason of `signal`. */
  wait(choice: Choice, signal: AbortSignal): Promise<Taken | typeof WOKEN | null> {
    const waiting = this.#waiting[choice];
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        waiting.delete(worker);
        reject(signal.reason as Error);
      };
      const worker: WaitingWorker = {
        choice,
        give: (taken) => {
          signal.removeEventListener("abort", onAbort);
          waiting.delete(worker);
          resolve(taken);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.add(worker);
    });
  }
}
