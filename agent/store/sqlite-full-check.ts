import type { Worker } from "node:worker_threads";
import { startCheck, toError } from "./sqlite-check-thread.ts";
import type { CheckAnswer } from "./sqlite-check-thread.ts";
import { damageOf } from "./sqlite-errors.ts";

/**
 * The full check of a store that is in use, in a thread of its own: a large one takes seconds. `onDamage` is called with what is wrong.
 * A check that cannot be carried out finds nothing.
 */
export class FullCheck {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;

  constructor(file: string, onDamage: (found: string) => void) {
    this.#worker = startCheck({ file, task: "full" });
    this.#worker.unref();
    this.#ended = new Promise((resolve) => {
      this.#worker.on("message", (answer: CheckAnswer) => {
        const found = damageIn(answer);
        if (found !== null) onDamage(found);
      });
      // The store is usable without it, and a damage that it did not find shows when it is met.
      this.#worker.on("error", () => resolve());
      this.#worker.on("exit", () => resolve());
    });
  }

  /** Resolves when it has ended by itself. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Ends it. Idempotent. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

function damageIn(answer: CheckAnswer): string | null {
  return answer.kind === "usable" ? null : damageOf(toError(answer));
}
