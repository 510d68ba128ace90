import type { Action } from "../../plan/plan.ts";
import type { ActionReport } from "./action-report.ts";
import type { EndedIntent } from "./end-intents.ts";
import type { IntentPhase } from "../../room/rows.ts";
import { settleAction } from "./settle-action.ts";
import type { RoomState } from "../../plan/room-state.ts";
import type { Reason } from "../../status/reasons.ts";

/**
 * How the intents of a phase ended. What the server's answers left open is settled by the read that followed; without that
 * read it stays open (and is left out here), and the next pass settles it first.
 */
export function endedIntents({ reports, observed, phase }: Reported): readonly EndedIntent[] {
  return reports.flatMap((report) => {
    const { id, action } = report;
    const end = endOf(report, observed);
    return end === null ? [] : [{ id, action, phase, ...end }];
  });
}

export interface Reported {
  readonly reports: readonly ActionReport[];
  /** The read that came after them; null when there was none. */
  readonly observed: RoomState | null;
  readonly phase: IntentPhase;
}

type End = Pick<EndedIntent, "state" | "metadata">;

function endOf({ action, result }: ActionReport, observed: RoomState | null): End | null {
  switch (result.kind) {
    case "done":
      return { state: "done", metadata: {} };
    case "failed": {
      const { reason, status, message } = result;
      const failed = { state: "failed", metadata: { reason, status, message } } as const;
      if (reason !== "WrongProtocol") return failed;
      // Whoever answered so may stand before the server or after its work: the answer does not tell whether it was done.
      const settled = settledBy(observed, action, { message });
      return settled?.state === "notDone" ? failed : settled;
    }
    case "notDone":
      return because("notDone", "RoomServerUnavailable", result.message);
    case "unauthorized":
      return because("notDone", "Unauthorized", result.message);
    case "notSent":
      return because("abandoned", result.reason, result.message);
    case "already":
      return settledBy(observed, action, { status: result.status });
    case "unclear":
      return settledBy(observed, action, { message: result.message });
  }
}

function because(state: End["state"], reason: Reason, message: string): End {
  return { state, metadata: { reason, message } };
}

function settledBy(
  observed: RoomState | null,
  action: Action,
  metadata: EndedIntent["metadata"],
): End | null {
  if (observed === null) return null;
  return {
    state: settleAction(action, observed),
    metadata: { settledByRead: true, ...metadata },
  };
}
