import type { Call } from "../../agent/roomserver/room-server.ts";

/** A call of a person's pass that nobody stops. */
export function aCall(given: Partial<Call> = {}): Call {
  return {
    signal: new AbortController().signal,
    correlationId: "pass-1",
    requestId: "action-1",
    priority: "apply",
    ...given,
  };
}
