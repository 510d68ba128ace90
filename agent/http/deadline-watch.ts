import type { Alarm, Sleeper } from "./alarm.ts";
import type { Deadline, HttpDeadlines } from "./http-message.ts";

export interface PassedDeadline {
  readonly kind: "passed";
  readonly deadline: Deadline;
  readonly ms: number;
}

/** The deadlines of one exchange, and its signal. */
export class DeadlineWatch implements Sleeper {
  /** Resolves with the first deadline that passes; rejects with the reason of the signal; never settles after `end`. */
  readonly passed: Promise<PassedDeadline>;
  readonly #alarm: Alarm;
  readonly #signal: AbortSignal;
  readonly #total: Due;
  #step: Due | null = null;
  #hasEnded = false;
  #pass: (passed: PassedDeadline) => void = () => undefined;
  #onAbort: () => void = () => undefined;

  constructor({ headersMs, totalMs }: HttpDeadlines, alarm: Alarm, signal: AbortSignal) {
    this.#alarm = alarm;
    this.#signal = signal;
    this.passed = new Promise((resolve, reject) => {
      this.#pass = resolve;
      this.#onAbort = () => {
        this.#hasEnded = true;
        reject(signal.reason as Error);
      };
    });
    signal.addEventListener("abort", this.#onAbort, { once: true });
    const sinceMs = alarm.clock.monotonicMs();
    this.#total = { kind: "passed", deadline: "total", ms: totalMs, sinceMs };
    if (headersMs !== undefined)
      this.#step = { kind: "passed", deadline: "headers", ms: headersMs, sinceMs };
    alarm.add(this);
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
    this.#step = { kind: "passed", deadline: "idle", ms, sinceMs: this.#alarm.clock.monotonicMs() };
    this.#alarm.sooner(this);
  }

  /** Bytes have come, or were taken, which may have taken time. */
  touched(): void {
    if (this.#step !== null) this.#step.sinceMs = this.#alarm.clock.monotonicMs();
  }

  get dueMs(): number {
    return dueMs(this.#next);
  }

  ring(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#pass(this.#next);
  }

  /** Nothing is waited for any more. Idempotent. */
  end(): void {
    this.#hasEnded = true;
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#alarm.delete(this);
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
