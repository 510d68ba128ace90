import type { Clock } from "../kernel/clock.ts";
import type { Deadline, HttpDeadlines } from "./http-message.ts";

export interface PassedDeadline {
  readonly kind: "passed";
  readonly deadline: Deadline;
  readonly ms: number;
}

/** One reason for all: making an error for each exchange that ends well costs more than the rest of its end. */
const WOKEN = new Error("the deadlines have changed");

/** The deadlines of one exchange, and its signal. One timer waits for whichever comes first. */
export class DeadlineWatch {
  /** Resolves with the first deadline that passes; rejects with the reason of the signal; never settles after `end`. */
  readonly passed: Promise<PassedDeadline>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #total: Due;
  #step: Due | null = null;
  #timer = new AbortController();
  #wakesAtMs = 0;
  #hasEnded = false;
  #pass: (passed: PassedDeadline) => void = () => undefined;
  #onAbort: () => void = () => undefined;

  constructor({ headersMs, totalMs }: HttpDeadlines, clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.passed = new Promise((resolve, reject) => {
      this.#pass = resolve;
      this.#onAbort = () => {
        this.#hasEnded = true;
        reject(signal.reason as Error);
      };
    });
    signal.addEventListener("abort", this.#onAbort, { once: true });
    const sinceMs = clock.monotonicMs();
    this.#total = { kind: "passed", deadline: "total", ms: totalMs, sinceMs };
    if (headersMs !== undefined)
      this.#step = { kind: "passed", deadline: "headers", ms: headersMs, sinceMs };
    void this.#run();
  }

  /** True once a deadline passed, the signal aborted, or `end` was called. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The head of the answer has come. */
  answered(): void {
    this.#step = null;
  }

  /** From now on no two bytes may be `ms` apart. */
  watchIdle(ms: number): void {
    this.#step = { kind: "passed", deadline: "idle", ms, sinceMs: this.#clock.monotonicMs() };
    if (dueMs(this.#step) < this.#wakesAtMs) this.#wake();
  }

  /** Bytes have come, or were taken, which may have taken time. */
  touched(): void {
    if (this.#step !== null) this.#step.sinceMs = this.#clock.monotonicMs();
  }

  /** Ends the timer. Idempotent. */
  end(): void {
    this.#hasEnded = true;
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#timer.abort(WOKEN);
  }

  #wake(): void {
    const timer = this.#timer;
    this.#timer = new AbortController();
    timer.abort(WOKEN);
  }

  async #run(): Promise<void> {
    while (!this.#hasEnded) {
      const next = this.#next;
      const leftMs = dueMs(next) - this.#clock.monotonicMs();
      if (leftMs <= 0) {
        this.#hasEnded = true;
        this.#pass(next);
        return;
      }
      this.#wakesAtMs = dueMs(next);
      await this.#clock.sleep(leftMs, this.#timer.signal).catch(() => undefined);
    }
  }

  get #next(): Due {
    return this.#step !== null && dueMs(this.#step) < dueMs(this.#total) ? this.#step : this.#total;
  }
}

interface Due extends PassedDeadline {
  sinceMs: number;
}

function dueMs({ sinceMs, ms }: Due): number {
  return sinceMs + ms;
}
