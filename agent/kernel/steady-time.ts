import type { Clock } from "./clock.ts";

/** What the clocks showed at one moment, in ms since 1970: what a process hands to the next one. */
export interface ClockReading {
  readonly steadyMs: number;
  readonly wallMs: number;
}

/**
 * Time by which things expire: it begins with wall time and continues with monotonic time, so no jump of the wall clock makes it
 * jump. From one process to the next it advances by what the wall clock says has passed, and never back: what has expired
 * stays expired. A clock that jumps while no process runs cannot be distinguished from time that passed.
 */
export class SteadyTime {
  readonly #clock: Pick<Clock, "nowMs" | "monotonicMs">;
  readonly #aheadMs: number;

  /** `last`: what the process before read; null when there was none. */
  constructor(clock: Pick<Clock, "nowMs" | "monotonicMs">, last: ClockReading | null) {
    this.#clock = clock;
    const wallMs = clock.nowMs();
    const startMs = last === null ? wallMs : last.steadyMs + Math.max(0, wallMs - last.wallMs);
    this.#aheadMs = startMs - clock.monotonicMs();
  }

  /** Ms since 1970, as far as the wall clock was right when it all began. */
  nowMs(): number {
    return Math.round(this.#clock.monotonicMs() + this.#aheadMs);
  }

  read(): ClockReading {
    return { steadyMs: this.nowMs(), wallMs: this.#clock.nowMs() };
  }
}
