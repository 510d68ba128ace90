import { toRequestResult, type RequestResultLabel } from "../telemetry/labels.ts";
import type { SentCall } from "./room-caller.ts";

/** How a request ended, as metrics count it. */
export function requestResult({ status, failure }: SentCall): RequestResultLabel {
  if (status !== null) return toRequestResult(status);
  if (failure === "timeout") return "timeout";
  return failure === "connect" || failure === "reset" || failure === "crowded"
    ? "transport"
    : "invalid";
}

/** What one request says about the server: it is well if it answered, and neither with 401 nor with 5xx. */
export function serverHealth({ operation, status, failure }: SentCall): {
  readonly ok: boolean;
  readonly message: string;
} {
  if (status === null)
    return {
      ok: false,
      message: `the RoomServer did not answer ${operation} (${failure ?? "unknown"})`,
    };
  const ok = status !== 401 && status < 500;
  if (status === 401)
    return { ok, message: `the RoomServer rejected the token (${operation}: 401)` };
  return { ok, message: ok ? "" : `the RoomServer answered ${operation} with ${status}` };
}
