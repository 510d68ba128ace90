import type { Random } from "../kernel/ids.ts";

/** Ms. No room waits longer before it is looked at again, whatever a server asks for. */
export const LONGEST_BACKOFF_MS = 300_000;

export interface BackoffOptions {
  /** Ms; the bound of the first delay. Default 1 s. */
  readonly baseMs?: number;
  /** Ms; no delay is longer. Default 5 min. */
  readonly capMs?: number;
  readonly random: Random;
}

/** Delays between failures of a key: anywhere up to base × 2^n (full jitter), so that many keys do not return at once. */
export class KeyBackoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #random: Random;
  readonly #failures = new Map<string, number>();

  constructor(options: BackoffOptions) {
    this.#baseMs = options.baseMs ?? 1000;
    this.#capMs = options.capMs ?? LONGEST_BACKOFF_MS;
    this.#random = options.random;
  }

  /** Counts one more failure and says how many ms to wait. */
  next(key: string): number {
    const before = this.#failures.get(key) ?? 0;
    this.#failures.set(key, before + 1);
    return Math.round(this.#random() * Math.min(this.#capMs, this.#baseMs * 2 ** before));
  }

  reset(key: string): void {
    this.#failures.delete(key);
  }
}

export interface PollTiming {
  /** Ms between polls that succeed. */
  readonly intervalMs: number;
  /** Polls that failed in a row; 0 after a good answer. */
  readonly failures: number;
  /** What the server's Retry-After asked for, where it sent one. */
  readonly retryAfterMs?: number;
  readonly random: Random;
}

const MAX_INTERVALS = 5;
const JITTER = 0.1;
/** Cap for Retry-After: a server cannot delay the next try for longer than an hour. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Ms until the next poll: interval × 2^failures, at most 5 intervals, ± 10 %. A Retry-After wins over that; it is never
 * undercut, shortens nothing below one interval, and counts up to an hour (or one interval, if that is longer).
 */
export function pollDelayMs(timing: PollTiming): number {
  const { intervalMs, failures, retryAfterMs, random } = timing;
  if (retryAfterMs !== undefined && Number.isFinite(retryAfterMs)) {
    const longest = Math.max(intervalMs, MAX_RETRY_AFTER_MS);
    const wanted = Math.min(Math.max(retryAfterMs, intervalMs), longest);
    return Math.round(wanted * (1 + JITTER * random()));
  }
  const intervals = Math.min(2 ** failures, MAX_INTERVALS);
  return Math.round(intervalMs * intervals * (1 - JITTER + 2 * JITTER * random()));
}
