import type { Worker } from "node:worker_threads";
import type { Clock } from "../kernel/clock.ts";

export interface IdleMemoryOptions {
  readonly clock: Clock;
  /** Frees what this process does not use, and returns it to the system. Blocks. */
  readonly free: () => void;
}

/** A start has read much that is not needed again, and is over by then. */
const AFTER_START_MS = 60_000;
/** A thread that ends leaves its memory in the process, for the next one. Threads that end together are followed once. */
const AFTER_THREAD_MS = 10_000;
/** The event loop stands still for at most this part of the time. */
const MOST_OF_THE_TIME = 1 / 1000;

/**
 * Returns memory to the system when there is less to do: after the start, and after a thread ended because it had nothing to do.
 * V8 does that by itself only where objects are allocated, which is not so in an idle agent.
 */
export class IdleMemory {
  /** Null where the program is started without `--expose-gc`, as the launcher does not. */
  static open(clock: Clock): IdleMemory | null {
    const { gc } = globalThis;
    if (gc === undefined) return null;
    // The memory of threads that ended is given back by this flavor alone.
    return new IdleMemory({ clock, free: () => gc({ type: "major", flavor: "last-resort" }) });
  }

  readonly #options: IdleMemoryOptions;
  readonly #stopping = new AbortController();
  /** By the monotonic clock. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #isAwaited = false;

  constructor(options: IdleMemoryOptions) {
    this.#options = options;
  }

  start(): void {
    process.on("worker", this.#follow);
    this.#freeIn(AFTER_START_MS);
  }

  /** Idempotent. */
  stop(): void {
    process.off("worker", this.#follow);
    this.#stopping.abort(new Error("the agent stops"));
  }

  readonly #follow = (worker: Pick<Worker, "once">): void => {
    worker.once("exit", () => this.#freeIn(AFTER_THREAD_MS));
  };

  #freeIn(delayMs: number): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    const { clock } = this.#options;
    const waitMs = Math.max(delayMs, this.#notBeforeMs - clock.monotonicMs());
    // Rejects when the agent stops.
    clock.sleep(waitMs, this.#stopping.signal).then(
      () => this.#free(),
      () => undefined,
    );
  }

  #free(): void {
    const { clock, free } = this.#options;
    this.#isAwaited = false;
    const startedMs = clock.monotonicMs();
    free();
    const endedMs = clock.monotonicMs();
    this.#notBeforeMs = endedMs + (endedMs - startedMs) / MOST_OF_THE_TIME;
  }
}
