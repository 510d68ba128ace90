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
}

/** What the last call says of the server, with the reason and the sentence of whatever fails by it. */
export function serverHealth(seen: ServerSeen): ServerHealth {
  if (seen === null) return { ok: true, message: "" };
  const reason = seen.kind === "unauthorized" ? "Unauthorized" : "RoomServerUnavailable";
  return { ok: false, reason, message: seen.message };
}
