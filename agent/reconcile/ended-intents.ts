import type { ActionReport } from "./action-report.ts";
import type { EndedIntent } from "./end-intents.ts";
import type { Ending } from "./pass.ts";
import { settleAction } from "./settle-action.ts";
import type { RoomState } from "../plan/room-state.ts";

/**
 * How the intents of a track ended. What the server's answers left open is settled by VERIFY's read; without that read it
 * stays open (and is left out here), and the next pass settles it first.
 */
export function endedIntents(ending: Ending): readonly EndedIntent[] {
  const observed = ending.verified?.observedAfter ?? null;
  return ending.reports.flatMap((report) => {
    const ended = endedIntent(report, observed);
    return ended === null ? [] : [ended];
  });
}

function endedIntent(report: ActionReport, observed: RoomState | null): EndedIntent | null {
  const { id, action, result } = report;
  switch (result.kind) {
    case "done":
      return { id, action, state: "done", metadata: {} };
    case "failed":
      if (result.reason === "WrongProtocol") return oddlyAnswered(report, result, observed);
      return {
        id,
        action,
        state: "failed",
        metadata: { reason: result.reason, status: result.status, message: result.message },
      };
    case "notDone":
      return {
        id,
        action,
        state: "notDone",
        metadata: { reason: "RoomServerUnavailable", message: result.message },
      };
    case "unauthorized":
      return {
        id,
        action,
        state: "notDone",
        metadata: { reason: "Unauthorized", message: result.message },
      };
    case "notSent":
      return {
        id,
        action,
        state: "abandoned",
        metadata: { reason: result.reason, message: result.message },
      };
    case "already":
    case "unclear": {
      if (observed === null) return null;
      const why =
        result.kind === "already" ? { status: result.status } : { message: result.message };
      return {
        id,
        action,
        state: settleAction(action, observed),
        metadata: { settledByRead: true, ...why },
      };
    }
  }
}

/** Whoever answered so may stand before the server or after its work: the answer does not tell whether it was done. */
function oddlyAnswered(
  { id, action }: ActionReport,
  { reason, status, message }: Extract<ActionReport["result"], { kind: "failed" }>,
  observed: RoomState | null,
): EndedIntent | null {
  if (observed === null) return null;
  const settled = settleAction(action, observed);
  return settled === "notDone"
    ? { id, action, state: "failed", metadata: { reason, status, message } }
    : { id, action, state: settled, metadata: { settledByRead: true, message } };
}
