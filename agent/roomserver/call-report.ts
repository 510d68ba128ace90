import type { Clock } from "../kernel/clock.ts";
import { LONGEST_BACKOFF_MS } from "../queue/backoff.ts";
import { toRequestResult, type RequestResultLabel } from "../telemetry/labels.ts";
import type { SentCall, ServerSeen } from "./room-caller.ts";
import type { Reason } from "../status/reasons.ts";

/** How a request ended, as metrics count it. */
export function requestResult({ status, failure }: SentCall): RequestResultLabel {
  if (status !== null) return toRequestResult(status);
  if (failure === "timeout") return "timeout";
  return failure === "connect" || failure === "reset" || failure === "crowded"
    ? "transport"
    : "invalid";
}

/** Whether the RoomServer can be worked with: the last call about each room was answered usefully. */
export interface ServerHealth {
  readonly ok: boolean;
  /** Absent where it can. */
  readonly reason?: Extract<Reason, "RoomServerUnavailable" | "Unauthorized">;
  /** Empty where it can. */
  readonly message: string;
  /** The rooms whose last call failed. Absent: at most one. */
  readonly failing?: number;
  /** True while calls about several rooms fail and none was answered usefully for a minute: it is the server, not a room. Absent: false. */
  readonly isOutage?: boolean;
}

/** What the last call says of the server, with the reason and the sentence of whatever fails by it. */
export function serverHealth(seen: ServerSeen): ServerHealth {
  if (seen === null) return { ok: true, message: "" };
  const reason = seen.kind === "unauthorized" ? "Unauthorized" : "RoomServerUnavailable";
  return { ok: false, reason, message: seen.message };
}

/** Ms. A room whose calls fail is looked at more often than this: what is older is of a room that is not looked at any more. */
const KEPT_MS = 2 * LONGEST_BACKOFF_MS;

/** Ms without a useful answer to any call: by then rooms wait long for their next look. */
const OUTAGE_MS = 60_000;
/** Ms of the same by which several rooms fail for one cause, and wait longer than it lasts. Counted at most once in `OUTAGE_MS`: rooms that fail by themselves keep most of their waits. */
const SHORT_OUTAGE_MS = 10_000;

interface Failed {
  readonly seen: NonNullable<ServerSeen>;
  readonly atMs: number;
}

/** What the calls of a running agent say of the server. */
export class ServerReport {
  readonly #clock: Pick<Clock, "monotonicMs">;
  /** The rooms whose last call failed; the newest failure is the last. */
  readonly #failed = new Map<string, Failed>();
  #isKnown = false;
  /** When a call was answered usefully; before that, when the first one ended. */
  #usefulMs = 0;
  /** When an outage ended last. */
  #endedMs = -Infinity;
  #onServed: ((roomIds: readonly string[]) => void) | null = null;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** `listen` gets the rooms that an outage kept from being worked on, once the server serves any room again. */
  onServed(listen: (roomIds: readonly string[]) => void): void {
    this.#onServed = listen;
  }

  /** What a call about the room showed. */
  note(seen: ServerSeen, roomId: string): void {
    const nowMs = this.#clock.monotonicMs();
    if (!this.#isKnown) this.#usefulMs = nowMs;
    this.#isKnown = true;
    const hadOutage = seen === null && this.#hadOutage(nowMs);
    this.#failed.delete(roomId);
    if (seen !== null) {
      this.#failed.set(roomId, { seen, atMs: nowMs });
      return;
    }
    this.#usefulMs = nowMs;
    if (hadOutage) this.#endOutage(nowMs);
  }

  /** Null before the first call. */
  get health(): ServerHealth | null {
    if (!this.#isKnown) return null;
    this.#forgetOld();
    const newest = [...this.#failed.values()].at(-1);
    const failing = this.#failed.size;
    const health = { ...serverHealth(newest?.seen ?? null), ...(failing > 1 ? { failing } : {}) };
    const isOutage = this.#failed.size > 1 && this.#isUnserved(this.#clock.monotonicMs());
    return isOutage ? { ...health, isOutage } : health;
  }

  #isUnserved(nowMs: number): boolean {
    return nowMs - this.#usefulMs >= OUTAGE_MS;
  }

  #hadOutage(nowMs: number): boolean {
    if (this.#isUnserved(nowMs)) return true;
    if (nowMs - this.#usefulMs < SHORT_OUTAGE_MS) return false;
    const failedIn = [...this.#failed.values()].filter(({ atMs }) => atMs >= this.#usefulMs);
    return failedIn.length > 1 && nowMs - this.#endedMs >= OUTAGE_MS;
  }

  /** Rooms that the server asked to come back later keep their wait. */
  #endOutage(nowMs: number): void {
    this.#endedMs = nowMs;
    const waiting = [...this.#failed].filter(([, { seen }]) => !isAskedToWait(seen));
    if (waiting.length > 0) this.#onServed?.(waiting.map(([roomId]) => roomId));
  }

  #forgetOld(): void {
    const oldestMs = this.#clock.monotonicMs() - KEPT_MS;
    for (const [roomId, { atMs }] of this.#failed) {
      if (atMs > oldestMs) return;
      this.#failed.delete(roomId);
    }
  }
}

function isAskedToWait(seen: NonNullable<ServerSeen>): boolean {
  return seen.kind === "unavailable" && (seen.retryAfterMs ?? 0) > 0;
}
