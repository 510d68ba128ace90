import type { PassEnding } from "./pass-ending.ts";
import type { OwnTrigger, Trigger } from "../kernel/trigger.ts";
import type { Choice, Taken } from "./waiting-workers.ts";
import type { WorkQueue } from "./work-queue.ts";

export interface WorkerPoolOptions {
  readonly queue: WorkQueue;
  /** How many keys are worked on at a time (`ParallelRooms`): a whole number of 1 or more. */
  readonly workers: number;
  /** One pass over one key. Never called for one key twice at a time. */
  handle(key: string, priority: Trigger, turn: Turn): Promise<PassEnding>;
  /** Called when a pass threw: a defect, or a store that is gone. Must not throw. */
  onError(error: unknown, key: string): void;
}

/** What a pass gets from the pool that runs it. */
export interface Turn {
  /** Aborts when the pool stops: the pass ends at its next safe point. */
  readonly stopping: AbortSignal;
  /**
   * Called when all that is left to the pass is to save how it ended, for which no other pass has to wait: its worker may take the
   * next key. Idempotent.
   */
  readonly callsEnded: () => void;
}

/**
 * Workers that take keys from a queue and pass over them, until stopped. Passes that have left their workers are as many at most as
 * there are workers: a slow disk would gather them. Keys that are slow to fail get half of the workers at most: a server that does not answer
 * about some rooms would hold all of them, until a deadline each time.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #stopping = new AbortController();
  #workers: Promise<void>[] = [];
  /** Passes whose workers are free again. */
  readonly #ending = new Set<Promise<void>>();
  #stopped: Promise<void> | null = null;

  constructor(options: WorkerPoolOptions) {
    if (!Number.isInteger(options.workers) || options.workers < 1) {
      throw new RangeError(`workers must be a whole number of 1 or more, not ${options.workers}`);
    }
    this.#options = options;
  }

  /** Begins to take keys. Idempotent; does nothing after `stop`. */
  start(): void {
    if (this.#workers.length > 0 || this.#stopped !== null) return;
    const { workers } = this.#options;
    const shared = workersForSlow(workers);
    this.#workers = Array.from({ length: workers }, (_unused, at) =>
      this.#work(at < shared ? "any" : "quick"),
    );
  }

  /** Takes no further key, aborts the running passes, and resolves when they have ended. Idempotent. */
  stop(): Promise<void> {
    this.#stopping.abort(new Error("the agent stops"));
    this.#stopped ??= Promise.all(this.#workers)
      .then(() => Promise.all(this.#ending))
      .then(() => undefined);
    return this.#stopped;
  }

  async #work(choice: Choice): Promise<void> {
    const { queue } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const taken = await queue.take(signal, choice).catch((error: unknown) => {
        if (signal.aborted) return null;
        throw error;
      });
      if (taken === null) return;
      // Handed over in the very moment of stopping: put back as it was. A request is answered that the agent stops.
      if (signal.aborted) queue.done(taken.key, { kind: "unspent" });
      else await this.#untilEnding(taken);
    }
  }

  /** Resolves when the pass has ended, or has left its worker. */
  #untilEnding({ key, priority }: Taken): Promise<void> {
    return new Promise((resolve) => {
      const callsEnded = () => {
        if (this.#ending.size >= this.#options.workers) return;
        this.#ending.add(pass);
        resolve();
      };
      const pass = this.#pass(key, priority, { stopping: this.#stopping.signal, callsEnded });
      void pass.then(() => {
        this.#ending.delete(pass);
        resolve();
      });
    });
  }

  /** Never rejects. */
  async #pass(key: string, priority: Trigger, turn: Turn): Promise<void> {
    const { signal } = this.#stopping;
    let ending: PassEnding = { kind: "backoff", priority: retryPriority(priority) };
    try {
      ending = await this.#options.handle(key, priority, turn);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) this.#options.onError(error, key);
    } finally {
      this.#options.queue.done(key, ending);
    }
  }
}

/** How many of the workers take keys that are slow to fail: half of them, and at least one. */
export function workersForSlow(workers: number): number {
  return Math.max(1, Math.floor(workers / 2));
}

/** The retry of a pass that a person requested runs at the priority of git: its caller was answered. */
function retryPriority(priority: Trigger): OwnTrigger {
  return priority === "apply" ? "git" : priority;
}
