import type { Clock } from "../kernel/clock.ts";
import type { Random } from "../kernel/ids.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import { retry, type Attempt, type RetryOptions } from "./retry.ts";
import type { Call, CallFailure } from "./room-server.ts";

export type Operation =
  | "readState"
  | "readFingerprint"
  | "join"
  | "kick"
  | "seed"
  | "promote"
  | "deleteArtifact"
  | "setPolicy"
  | "ensureResource";

/** One request and how it ended. */
export interface SentCall {
  readonly operation: Operation;
  /** Null when no answer came. */
  readonly status: number | null;
  /** `connect`, `reset`, `timeout`, `tooLarge`, `notHttp` or `crowded`; null when an answer came. */
  readonly failure: string | null;
  readonly durationMs: number;
}

export interface RoomCallerOptions {
  readonly retry: RetryOptions;
  /** Requests a second, re-sent ones included; 0 = unlimited. */
  readonly rateLimitPerSecond: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Called after every request that was sent, for metrics. */
  readonly onCall?: (call: SentCall) => void;
  /**
   * What a call shows of the server, in the words in which the call fails: for health. When it has ended, and before that once its second
   * attempt has failed.
   */
  readonly onServer?: (seen: ServerSeen, roomId: string) => void;
}

/** Whether the server can be worked with at all. Null: it can. */
export type ServerSeen = Extract<CallFailure, { kind: "unauthorized" | "unavailable" }> | null;

/** How a request ended, in the words of any dialect. */
export type WireEnd = Pick<SentCall, "status" | "failure">;

/** What the retry rule says of an operation. */
export interface Rule {
  readonly isWrite: boolean;
  /** True: the same call may be sent again although the server may have done it. */
  readonly isRepeatable: boolean;
}

/** Sends one request when it is its turn, and reports how it ended. */
export type SendPaced = <A>(send: () => Promise<A>, endOf: (answer: A) => WireEnd) => Promise<A>;

/**
 * What every dialect keeps to: the pace, the retry rule of `RoomServer`, and a report of each request. `attempt` is one try; it
 * sends by `paced` alone, and says whether its end is final.
 */
export type RoomCaller = <T>(
  asking: { readonly operation: Operation; readonly roomId: string; readonly call: Call },
  attempt: (paced: SendPaced, rule: Rule) => Promise<Attempt<T | CallFailure>>,
) => Promise<T | CallFailure>;

const READS: readonly Operation[] = ["readState", "readFingerprint"];
const NOT_REPEATABLE: readonly Operation[] = ["seed", "promote", "ensureResource"];

export function createRoomCaller(options: RoomCallerOptions): RoomCaller {
  const { clock, random } = options;
  const limiter = createRateLimiter(options.rateLimitPerSecond, clock);
  return async ({ operation, roomId, call }, attempt) => {
    const { priority, signal } = call;
    let end: WireEnd | null = null;
    const paced: SendPaced = async (send, endOf) => {
      await limiter.acquire(priority, signal);
      const startMs = clock.monotonicMs();
      const answer = await send();
      const durationMs = clock.monotonicMs() - startMs;
      end = endOf(answer);
      options.onCall?.({ operation, ...end, durationMs });
      return answer;
    };
    const rule = {
      isWrite: !READS.includes(operation),
      isRepeatable: !NOT_REPEATABLE.includes(operation),
    };
    let failed = 0;
    const tried = async () => {
      const ended = await attempt(paced, rule);
      if (ended.kind === "final") return ended;
      failed += 1;
      // 429 asks to come later, which is not yet a failure; nor is what the next attempt corrects, but a time-out was long enough.
      const isTimeout = end?.failure === "timeout";
      const isBlip = end?.status === 429 || (failed === 1 && !isTimeout);
      if (!isBlip) options.onServer?.(ended.failure, roomId);
      // Its pass holds a worker, and the room's backoff repeats it.
      return isTimeout && !rule.isWrite ? { ...ended, resend: false } : ended;
    };
    const value = await retry(tried, options.retry, { clock, random, signal });
    options.onServer?.(seenBy(value), roomId);
    return value;
  };
}

function seenBy(value: unknown): ServerSeen {
  return isFailure(value) ? value : null;
}

function isFailure(value: unknown): value is NonNullable<ServerSeen> {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return value.kind === "unauthorized" || value.kind === "unavailable";
}
