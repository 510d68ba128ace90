import type { PassEnding } from "./pass-ending.ts";
import type { OwnTrigger, Trigger } from "../kernel/trigger.ts";
import { WOKEN, type Choice, type Taken } from "./waiting-workers.ts";
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
   * Does what makes no call, and may give the worker of the pass to the next key until it is done. Resolves when the pass has a worker
   * again. Rejects as `save` does. One at a time.
   */
  readonly saving: <T>(save: () => Promise<T>) => Promise<T>;
  /**
   * Called when all that is left to the pass is to save how it ended, for which no other pass has to wait: its worker may take the
   * next key. Idempotent.
   */
  readonly callsEnded: () => void;
}

/** A pass that has begun and not ended. */
interface Running {
  readonly key: string;
  /** Releases the worker that it has; without one it does nothing. */
  leave: () => void;
}

/**
 * Workers that take keys from a queue and pass over them, until stopped. While a pass saves something, its worker may take another
 * key; once that is saved, the pass gets the next worker that is free, before any key does. Passes without a worker are as many at most as
 * there are workers: a slow disk would gather them. Keys that are slow to fail get half of the workers at most: a server that does not answer
 * about some rooms would hold all of them, until a deadline each time.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #stopping = new AbortController();
  #workers: Promise<void>[] = [];
  readonly #passes = new Set<Promise<void>>();
  /** Passes whose workers may have others by now. */
  readonly #away = new Set<Running>();
  /** Those of them that want a worker again, in the order of asking. */
  readonly #back: { readonly pass: Running; readonly resume: () => void }[] = [];
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
    // They have calls to leave out and results to save, for which they need no worker.
    for (const { resume } of this.#back.splice(0)) resume();
    this.#stopped ??= Promise.all(this.#workers)
      .then(() => Promise.all(this.#passes))
      .then(() => undefined);
    return this.#stopped;
  }

  async #work(choice: Choice): Promise<void> {
    const { queue } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const back = this.#back.shift();
      if (back !== undefined) {
        await this.#resume(back);
        continue;
      }
      const taken = await queue.take(signal, choice).catch((error: unknown) => {
        if (signal.aborted) return null;
        throw error;
      });
      if (taken === null) return;
      if (taken === WOKEN) continue;
      // Handed over in the very moment of stopping: put back as it was. A request is answered that the agent stops.
      if (signal.aborted) queue.done(taken.key, { kind: "unspent" });
      else await this.#begin(taken);
    }
  }

  /** Resolves when the pass has ended, or has left its worker. */
  #begin(taken: Taken): Promise<void> {
    const running: Running = { key: taken.key, leave: NO_WORKER };
    const left = untilLeft(running);
    const turn: Turn = {
      stopping: this.#stopping.signal,
      saving: (save) => this.#saving(running, save),
      callsEnded: () => {
        this.#leave(running);
      },
    };
    const pass = this.#pass(taken, turn).then(() => {
      this.#passes.delete(pass);
      this.#away.delete(running);
      running.leave();
    });
    this.#passes.add(pass);
    return left;
  }

  /** A worker goes to a pass that had left its own. Resolves when that one has ended, or has left it, too. */
  #resume({
    pass,
    resume,
  }: {
    readonly pass: Running;
    readonly resume: () => void;
  }): Promise<void> {
    this.#away.delete(pass);
    const left = untilLeft(pass);
    resume();
    return left;
  }

  /** Whether the pass has left its worker. */
  #leave(pass: Running): boolean {
    if (this.#away.has(pass)) return true;
    if (this.#away.size >= this.#options.workers) return false;
    this.#away.add(pass);
    pass.leave();
    return true;
  }

  /** A key that is slow to fail keeps its worker: it may have those alone that take such keys. So does the only worker its key. */
  async #saving<T>(pass: Running, save: () => Promise<T>): Promise<T> {
    const { queue, workers } = this.#options;
    const keeps = workers === 1 || queue.isSlow(pass.key);
    if (keeps || !this.#leave(pass)) return save();
    try {
      return await save();
    } finally {
      if (!this.#stopping.signal.aborted) await this.#comeBack(pass);
    }
  }

  #comeBack(pass: Running): Promise<void> {
    return new Promise((resume) => {
      this.#back.push({ pass, resume });
      this.#options.queue.wake();
    });
  }

  /** Never rejects. */
  async #pass({ key, priority }: Taken, turn: Turn): Promise<void> {
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

const NO_WORKER = () => undefined;

function untilLeft(pass: Running): Promise<void> {
  return new Promise((resolve) => {
    pass.leave = () => {
      pass.leave = NO_WORKER;
      resolve();
    };
  });
}

/** How many of the workers take keys that are slow to fail: half of them, and at least one. */
export function workersForSlow(workers: number): number {
  return Math.max(1, Math.floor(workers / 2));
}

/** The retry of a pass that a person requested runs at the priority of git: its caller was answered. */
function retryPriority(priority: Trigger): OwnTrigger {
  return priority === "apply" ? "git" : priority;
}
