import type { Clock } from "../kernel/clock.ts";

/** So long nothing may happen before a burst counts as ended, and so long it may last before it is not waited for, ms. */
const QUIET_MS = 200;
const LONGEST_MS = 2_000;

/** How long to wait after an event of a burst that began `sinceMs` ago. */
export function debounceMs(sinceMs: number): number {
  return Math.max(0, Math.min(QUIET_MS, LONGEST_MS - sinceMs));
}

/** Turns a burst of events into few calls: one when it ends, and one every 2 s while it lasts. */
export class Burst {
  readonly #clock: Clock;
  readonly #fire: () => void;
  #beganMs: number | null = null;
  #waiting = new AbortController();

  constructor(clock: Clock, fire: () => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  event(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#beganMs ??= nowMs;
    this.#waiting.abort();
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#clock.sleep(debounceMs(nowMs - this.#beganMs), waiting.signal).then(
      () => {
        this.#beganMs = null;
        this.#fire();
      },
      // Another event came, or the watch is stopped.
      () => undefined,
    );
  }

  stop(): void {
    this.#waiting.abort();
  }
}
