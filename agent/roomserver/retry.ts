import type { Clock } from "../kernel/clock.ts";
import type { Random } from "../kernel/ids.ts";
import type { CallFailure } from "./room-server.ts";

export interface RetryOptions {
  /** Requests in all, 1 or more. */
  readonly maxAttempts: number;
  /** The wait after the first failure, before jitter; doubles with each further one. */
  readonly initialDelayMs: number;
  /** No wait is longer, jitter included; only a longer `Retry-After` is. */
  readonly maxDelayMs: number;
  /** 0 or more: up to this part of the wait is added at random. */
  readonly jitterFactor: number;
}

export type Unavailable = Extract<CallFailure, { kind: "unavailable" }>;

/** How one request ended. */
export type Attempt<T> =
  | { readonly kind: "final"; readonly value: T }
  | {
      readonly kind: "transient";
      readonly failure: Unavailable;
      /** False: sending the same again could do it twice, or is of no use. */
      readonly resend: boolean;
    };

/** A server that asks for a longer pause is not waited for in place: the pass ends and comes back later. */
export const MAX_WAIT_IN_PLACE_MS = 60_000;

/** The wait in ms after failed request number `attempt`, counted from 1. */
export function backoffMs(attempt: number, options: RetryOptions, random: Random): number {
  const delayMs = options.initialDelayMs * 2 ** (attempt - 1);
  return Math.min(delayMs + delayMs * options.jitterFactor * random(), options.maxDelayMs);
}

/**
 * Repeats `request` until it ends for good, may not be sent again, or `maxAttempts` requests are used up; then the last
 * failure comes back, with `maybeDone` true if any of them was. Waits max(backoff, Retry-After). Rejects with the
 * signal's reason as soon as `signal` aborts.
 */
export async function retry<T>(
  request: () => Promise<Attempt<T>>,
  options: RetryOptions,
  context: { readonly clock: Clock; readonly random: Random; readonly signal: AbortSignal },
): Promise<T | Unavailable> {
  let maybeDone = false;
  for (let attempt = 1; ; attempt += 1) {
    context.signal.throwIfAborted();
    const ended = await request();
    if (ended.kind === "final") return ended.value;

    maybeDone ||= ended.failure.maybeDone;
    const retryAfterMs = ended.failure.retryAfterMs ?? 0;
    const isLast = attempt >= options.maxAttempts;
    if (isLast || !ended.resend || retryAfterMs > MAX_WAIT_IN_PLACE_MS) {
      return { ...ended.failure, maybeDone };
    }
    const waitMs = Math.max(backoffMs(attempt, options, context.random), retryAfterMs);
    await context.clock.sleep(waitMs, context.signal);
  }
}
