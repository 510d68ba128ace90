import type { Clock } from "../kernel/clock.ts";
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

/** Whether the RoomServer's last answer was of use. */
export interface ServerHealth {
  readonly ok: boolean;
  /** Absent where it was. */
  readonly reason?: Extract<Reason, "RoomServerUnavailable" | "Unauthorized">;
  /** Empty where it was. */
  readonly message: string;
  /** True while no call about any room has been answered usefully for so long that it is the server, not a room. Absent: false. */
  readonly isForAll?: boolean;
}

/** Ms without a useful answer to any call. As long as passes over a room may fail without that a person is needed. */
const FOR_ALL_MS = 60_000;

/** What the last call says of the server, with the reason and the sentence of whatever fails by it. */
export function serverHealth(seen: ServerSeen): ServerHealth {
  if (seen === null) return { ok: true, message: "" };
  const reason = seen.kind === "unauthorized" ? "Unauthorized" : "RoomServerUnavailable";
  return { ok: false, reason, message: seen.message };
}

/** What the calls of a running agent say of the server. */
export class ServerReport {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #last: ServerSeen | undefined;
  /** Null: no call was answered usefully yet. */
  #usefulMs: number | null = null;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  note(seen: ServerSeen): void {
    this.#last = seen;
    if (seen === null) this.#usefulMs = this.#clock.monotonicMs();
  }

  /** Null before the first call. */
  get health(): ServerHealth | null {
    if (this.#last === undefined) return null;
    const health = serverHealth(this.#last);
    const sinceMs = this.#usefulMs ?? -Infinity;
    const isForAll = !health.ok && this.#clock.monotonicMs() - sinceMs >= FOR_ALL_MS;
    return isForAll ? { ...health, isForAll } : health;
  }
}
