import { systemClock, type Clock } from "../../agent/kernel/clock.ts";

/** Between two polls of a world's source, ms. Chance takes up to a tenth off, or adds it. */
export const POLL_MS = 300;

/** Ends the waits between two polls: tests that have just pushed need not wait as long as agents do. */
export class News {
  readonly #waits = new Set<AbortController>();
  #isOpen = false;

  /** There is something to poll for. Where a poll is under way, the next one follows at once. */
  tell(): void {
    this.#isOpen = this.#waits.size === 0;
    for (const wait of this.#waits) wait.abort();
  }

  /** Ends after `delayMs`, or with news. */
  async wait(delayMs: number, signal?: AbortSignal): Promise<void> {
    const wait = new AbortController();
    if (this.#isOpen) wait.abort();
    this.#isOpen = false;
    this.#waits.add(wait);
    try {
      const signals = signal === undefined ? [wait.signal] : [wait.signal, signal];
      await systemClock.sleep(delayMs, AbortSignal.any(signals));
    } catch (error) {
      if (signal?.aborted === true) throw error;
    } finally {
      this.#waits.delete(wait);
    }
  }
}

/**
 * The machine's clock, set wrong by `clockAheadMs`, and with `passedMs` more behind it for everybody, timers aside. Waits and
 * deadlines end `speed` times sooner, and the wait for the next poll with `news`.
 */
export function worldClock(world: {
  readonly clockAheadMs: number;
  readonly passedMs: number;
  readonly speed: number;
  readonly news?: News;
}): Clock {
  const { speed, news } = world;
  return {
    nowMs: () => systemClock.nowMs() + world.clockAheadMs + world.passedMs,
    monotonicMs: () => systemClock.monotonicMs() * speed + world.passedMs,
    sleep: (delayMs, signal) =>
      news !== undefined && isPollWait(delayMs)
        ? news.wait(delayMs / speed, signal)
        : systemClock.sleep(delayMs / speed, signal),
  };
}

function isPollWait(delayMs: number): boolean {
  return Math.abs(delayMs - POLL_MS) <= POLL_MS / 10;
}
