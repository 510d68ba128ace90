import type { Worker } from "node:worker_threads";
import { startCheck, toError } from "./sqlite-check-thread.ts";
import type { CheckAnswer } from "./sqlite-check-thread.ts";
import { damageOf } from "./sqlite-errors.ts";

export interface FullCheckOptions {
  /** The database. */
  readonly file: string;
  /** Called with what is wrong with it. */
  readonly onDamage: (found: string) => void;
  /**
   * Called when the check could not be carried out: the system gives no thread, or it ended early. The store is usable, and damage that
   * was not found shows when it is met.
   */
  readonly onFailed: (error: unknown) => void;
  /** What the thread runs. Default: the full check. */
  readonly start?: () => Worker;
}

/** The full check of a store that is in use, in a thread of its own: a large one takes seconds. */
export class FullCheck {
  readonly #worker: Worker | null;
  readonly #ended: Promise<void>;

  constructor({ file, onDamage, onFailed, start }: FullCheckOptions) {
    const worker = started(start ?? (() => startCheck({ file, task: "full" })), onFailed);
    this.#worker = worker;
    this.#ended = new Promise((resolve) => {
      if (worker === null) return resolve();
      worker.unref();
      worker.on("message", (answer: CheckAnswer) => {
        if (answer.kind === "usable") return;
        const error = toError(answer);
        const found = damageOf(error);
        if (found === null) onFailed(error);
        else onDamage(found);
      });
      worker.on("error", (error) => {
        onFailed(error);
        resolve();
      });
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

function started(start: () => Worker, onFailed: (error: unknown) => void): Worker | null {
  try {
    return start();
  } catch (error) {
    onFailed(error);
    return null;
  }
}
