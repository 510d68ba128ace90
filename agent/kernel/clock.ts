/**
 * Time, injected so that tests own it. Wall time is for people and records; every wait and every
 * deadline uses monotonic time, so a clock jump moves no timer.
 */
export interface Clock {
  /** Wall time in ms since 1970. May jump. */
  nowMs(): number;
  /** Monotonic time in ms from an arbitrary start. */
  monotonicMs(): number;
  /**
   * Waits `delayMs` (ms, 0 or more). Rejects with the signal's reason as soon as `signal` aborts; the timer is gone
   * afterwards in every case.
   */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** setTimeout fires at once above 2^31-1 ms; a longer wait is cut to this and callers loop. */
const MAX_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(Math.max(delayMs, 0), MAX_TIMER_MS),
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

/** Many records are made in one millisecond. */
let last = { ms: Number.NaN, iso: "" };

/** An ISO 8601 time in UTC with milliseconds, as every record and answer carries it. */
export function toIso(ms: number): string {
  if (ms !== last.ms) last = { ms, iso: new Date(ms).toISOString() };
  return last.iso;
}
