import type { Worker } from "node:worker_threads";
import { startCheck, toError } from "./sqlite-check-thread.ts";
import type { CheckAnswer } from "./sqlite-check-thread.ts";
import { damageOf } from "./sqlite-errors.ts";

/**
 * The full check of a store that is in use, in a thread of its own: a large one takes seconds. `onDamage` is called with what is wrong.
 * A check that cannot be carried out finds nothing.
 */
export class FullCheck {
  readonly #worker: Worker | null;
  readonly #ended: Promise<void>;

  constructor(file: string, onDamage: (found: string) => void) {
    const worker = startedCheck(file);
    this.#worker = worker;
    this.#ended = new Promise((resolve) => {
      if (worker === null) return resolve();
      worker.unref();
      worker.on("message", (answer: CheckAnswer) => {
        const found = damageIn(answer);
        if (found !== null) onDamage(found);
      });
      worker.on("error", () => resolve());
      worker.on("exit", () => resolve());
    });
  }

  /** Resolves when it has ended by itself. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Ends it. Idempotent. */
  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }
}

/** Null where the system gives no thread: the store is usable without the check, and a damage that it did not find shows when it is met. */
function startedCheck(file: string): Worker | null {
  try {
    return startCheck({ file, task: "full" });
  } catch {
    return null;
  }
}

function damageIn(answer: CheckAnswer): string | null {
  return answer.kind === "usable" ? null : damageOf(toError(answer));
}
