import type { Worker } from "node:worker_threads";
import type { Clock } from "../kernel/clock.ts";
import type { Heap } from "../kernel/heap.ts";

export interface IdleMemoryOptions {
  readonly clock: Clock;
  readonly heap: Heap;
  /** Processor time of the process so far. */
  readonly cpuMs: () => number;
}

/** Threads and modules that are loaded under another flag take longer; by then most are. */
const SET_HEAP_AFTER_MS = 2_000;
/** A start has read much that is not needed again, and is over by then. */
const AFTER_START_MS = 60_000;
/** A thread that ends leaves its memory in the process, for the next one. Threads that end together are followed once. */
const AFTER_THREAD_MS = 10_000;
/** After much work, when less than this part of a processor was used from one look to the next. */
const LOOK_EVERY_MS = 120_000;
const QUIET = 0.02;
/** Ms of a processor. */
const MUCH_WORK_MS = 10_000;
/** The event loop stands still for at most this part of the time. */
const MOST_OF_THE_TIME = 1 / 1000;

/**
 * Keeps the memory of the process small, and its collection cheap: lets it grow slowly, and returns memory to the system when there is less to do: after the start, after a thread ended because it had nothing to do, and
 * after much work. V8 does that by itself only where objects are allocated, which is not so in an idle agent.
 */
export class IdleMemory {
  static open(clock: Clock, heap: Heap): IdleMemory {
    return new IdleMemory({ clock, heap, cpuMs: usedMs });
  }

  readonly #options: IdleMemoryOptions;
  readonly #stopping = new AbortController();
  /** By the monotonic clock. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #isAwaited = false;
  /** Processor time at the last look, and when memory was freed last. */
  #lookedAtMs = 0;
  #freedAtMs = 0;

  constructor(options: IdleMemoryOptions) {
    this.#options = options;
  }

  start(): void {
    process.on("worker", this.#follow);
    const { clock, heap } = this.#options;
    const setHeap = () => {
      heap.growSlowly();
      heap.collectAlone();
    };
    // Rejects when the agent stops.
    clock.sleep(SET_HEAP_AFTER_MS, this.#stopping.signal).then(setHeap, () => undefined);
    this.#freeIn(AFTER_START_MS);
    this.#look();
  }

  /** Idempotent. */
  stop(): void {
    process.off("worker", this.#follow);
    this.#stopping.abort(new Error("the agent stops"));
  }

  readonly #follow = (worker: Pick<Worker, "once">): void => {
    worker.once("exit", () => this.#freeIn(AFTER_THREAD_MS));
  };

  #look(): void {
    const { clock, cpuMs } = this.#options;
    const nowMs = cpuMs();
    const isQuiet = nowMs - this.#lookedAtMs < QUIET * LOOK_EVERY_MS;
    if (isQuiet && nowMs - this.#freedAtMs > MUCH_WORK_MS) this.#freeIn(0);
    this.#lookedAtMs = nowMs;
    // Rejects when the agent stops.
    clock.sleep(LOOK_EVERY_MS, this.#stopping.signal).then(
      () => this.#look(),
      () => undefined,
    );
  }

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
    const { clock, heap } = this.#options;
    this.#isAwaited = false;
    const startedMs = clock.monotonicMs();
    heap.free();
    const endedMs = clock.monotonicMs();
    this.#freedAtMs = this.#options.cpuMs();
    this.#notBeforeMs = endedMs + (endedMs - startedMs) / MOST_OF_THE_TIME;
  }
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
