import type { Clock } from "../kernel/clock.ts";
import type { Trigger } from "../kernel/trigger.ts";

/** Spaces calls out. */
export interface RateLimiter {
  /** Resolves when the call may start, which it must do at once. Rejects with the signal's reason when that aborts. */
  acquire(priority: Trigger, signal: AbortSignal): Promise<void>;
}

const RANKS: Readonly<Record<Trigger, number>> = { apply: 0, git: 0, event: 1, interval: 2 };

/** Every so many grants the longest waiting call goes first, so that no flood of urgent ones shuts the others out. */
const FAIR_EVERY = 8;

interface Waiter {
  readonly rank: number;
  readonly grant: () => void;
}

/**
 * At most `perSecond` calls a second (0 = unlimited), evenly spaced: the next slot is counted from when the previous
 * call really started, so a stall is never made up for by a burst. Among those who wait, the more urgent goes first,
 * and of equals whoever came first.
 */
export function createRateLimiter(perSecond: number, clock: Clock): RateLimiter {
  return perSecond > 0 ? new SpacedLimiter(1000 / perSecond, clock) : unlimited;
}

const unlimited: RateLimiter = {
  acquire: async (_priority, signal) => signal.throwIfAborted(),
};

class SpacedLimiter implements RateLimiter {
  readonly #spacingMs: number;
  readonly #clock: Clock;
  /** In order of arrival. */
  #waiting: readonly Waiter[] = [];
  #nextSlotMs = Number.NEGATIVE_INFINITY;
  #grants = 0;
  /** Present while the loop runs; aborted when no caller waits any more, so that no timer outlives its callers. */
  #idle: AbortController | undefined;

  constructor(spacingMs: number, clock: Clock) {
    this.#spacingMs = spacingMs;
    this.#clock = clock;
  }

  acquire(priority: Trigger, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        this.#leave(waiter);
        reject(signal.reason as Error);
      };
      const grant = () => {
        signal.removeEventListener("abort", onAbort);
        this.#leave(waiter);
        resolve();
      };
      const waiter: Waiter = { rank: RANKS[priority], grant };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting = [...this.#waiting, waiter];
      if (this.#idle === undefined) void this.#serve();
    });
  }

  /** Grants slots as they come, one loop at a time, until no caller waits. */
  async #serve(): Promise<void> {
    while (this.#waiting.length > 0) {
      const idle = new AbortController();
      this.#idle = idle;
      try {
        await this.#grantNext(idle.signal);
      } catch (error) {
        if (!idle.signal.aborted) throw error;
      } finally {
        this.#idle = undefined;
      }
    }
  }

  async #grantNext(signal: AbortSignal): Promise<void> {
    for (;;) {
      const waitMs = this.#nextSlotMs - this.#clock.monotonicMs();
      if (waitMs <= 0) break;
      await this.#clock.sleep(waitMs, signal);
    }
    this.#nextSlotMs = this.#clock.monotonicMs() + this.#spacingMs;
    this.#pick()?.grant();
  }

  #pick(): Waiter | undefined {
    this.#grants += 1;
    if (this.#grants % FAIR_EVERY === 0) return this.#waiting[0];
    return this.#waiting.reduce<Waiter | undefined>(
      (best, waiter) => (best !== undefined && best.rank <= waiter.rank ? best : waiter),
      undefined,
    );
  }

  #leave(waiter: Waiter): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiter);
    if (this.#waiting.length === 0) this.#idle?.abort();
  }
}
