import { legible, listed } from "../../kernel/shortened.ts";
import { waitingConfirmations } from "../waiting-confirmations.ts";
import type { Blocker, ExplainFacts } from "./blocker.ts";

/** How many confirmations of a room are explained, the newest. */
const MOST_EXPLAINED = 5;

/** What was confirmed and not removed yet: a later pass may remove it. It keeps no room from its head. */
export function confirmationsWait({ room, confirmations }: ExplainFacts): readonly Blocker[] {
  const { confirmations: all = [] } = waitingConfirmations(room, confirmations);
  return all.slice(-MOST_EXPLAINED).map(({ forSource, ...one }) => {
    const { commit, correlationId, by, items, since, until } = one;
    const what = correlationId === undefined ? `commit ${commit}` : `request ${correlationId}`;
    const once = forSource === undefined ? "" : `, once source "${forSource}" has the room`;
    return {
      reason: "ConfirmationWaits",
      since,
      message: `${FROM[one.origin]} ${what} (${legible(by)}) allows to remove ${listed(items)}${once}: a pass may do that until ${until}`,
      blocks: "no",
    };
  });
}

const FROM = {
  commit: "`Confirm` of",
  label: "a label of the pull request merged as",
  request: "`X-Confirm` of",
  return: "the branch that is back at",
} as const;
