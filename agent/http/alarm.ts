import type { Clock } from "../kernel/clock.ts";

/** Who waits for a moment. */
export interface Sleeper {
  /** When it is due, in monotonic ms. May move to later by itself; to earlier only with `Alarm.sooner`. */
  readonly dueMs: number;
  /** It is due. */
  ring(): void;
}

/** One reason for all: making an error for each exchange that ends well costs more than the rest of its end. */
const WOKEN = new Error("what is waited for has changed");

/** One timer for many sleepers: a server is asked thousands of times with the same deadlines, and hardly one of them passes. */
export class Alarm {
  readonly clock: Clock;
  readonly #sleepers = new Set<Sleeper>();
  #timer = new AbortController();
  #ringsAtMs = 0;
  #isRunning = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(sleeper: Sleeper): void {
    this.#sleepers.add(sleeper);
    if (this.#isRunning) this.sooner(sleeper);
    else void this.#run();
  }

  /** A sleeper is due earlier than it was. */
  sooner({ dueMs }: Sleeper): void {
    if (dueMs < this.#ringsAtMs) this.#wake();
  }

  /** No timer is left once the last one is gone. Idempotent. */
  delete(sleeper: Sleeper): void {
    if (this.#sleepers.delete(sleeper) && this.#sleepers.size === 0) this.#wake();
  }

  #wake(): void {
    const timer = this.#timer;
    this.#timer = new AbortController();
    timer.abort(WOKEN);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#sleepers.size > 0) {
      const nowMs = this.clock.monotonicMs();
      this.#ringsAtMs = Infinity;
      for (const sleeper of this.#sleepers) {
        const { dueMs } = sleeper;
        if (dueMs > nowMs) this.#ringsAtMs = Math.min(this.#ringsAtMs, dueMs);
        else {
          this.#sleepers.delete(sleeper);
          sleeper.ring();
        }
      }
      if (this.#sleepers.size === 0) break;
      await this.clock.sleep(this.#ringsAtMs - nowMs, this.#timer.signal).catch(() => undefined);
    }
    this.#isRunning = false;
  }
}
