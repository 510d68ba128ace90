import type { RoomState } from "../../plan/room-state.ts";
import type { IntentRow } from "../../room/rows.ts";
import { settledAs, takesOut } from "./end-intents.ts";
import { settlerOf, type Settlement } from "./settle-action.ts";

export interface SettledIntent {
  readonly state: Settlement;
  /** True: it is a removal, and the read shows its item. */
  readonly isShown: boolean;
}

/**
 * What a read says of open intents, in the order they were sent in. Where a later one of the same pass was done, an earlier removal was
 * sent as well: an item that shows may have been removed and put there again by others since, so that is `unknown` and uses up its
 * confirmation (L4).
 */
export function settleSent(
  intents: readonly IntentRow[],
  observed: RoomState,
  lacksHalf: boolean,
): readonly SettledIntent[] {
  const shows = settlerOf(observed);
  /** The passes of which an intent that was sent later is done. */
  const sentBy = new Set<string>();
  const settled = intents.toReversed().map(({ action, phase, correlationId }): SettledIntent => {
    const shown = shows(action);
    const isShown = phase === "APPLY" && takesOut(action) && shown === "notDone";
    const isSent = isShown && sentBy.has(correlationId);
    if (phase === "APPLY" && shown === "done") sentBy.add(correlationId);
    return { state: isSent ? "unknown" : settledAs(action, shown, lacksHalf), isShown };
  });
  return settled.toReversed();
}
