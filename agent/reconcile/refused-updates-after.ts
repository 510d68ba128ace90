import type { Action } from "../plan/plan.ts";
import type { RefusedUpdate } from "../room/refused-update.ts";
import type { Room } from "../room/room.ts";
import type { EndedAttempt } from "./ended-pass.ts";
import type { Ending, RolledBack } from "./pass.ts";
import type { ActionReport } from "./sending/perform-action.ts";
import { refusedUpdatesAfter } from "./sending/refused-updates.ts";

/** The room after an attempt with the updates that are not tried again. What is not enforced any more has none. */
export function withRefusedUpdates(
  after: Room,
  { ending }: EndedAttempt,
  before: readonly RefusedUpdate[] = [],
): Room {
  const { rollback } = ending;
  const inputs = after.enforced?.digest ?? null;
  const refusedUpdates =
    rollback === null
      ? refusedUpdatesAfter({ before, reports: ending.reports, inputs, left: leftOf(ending) })
      : refusedUpdatesAfter({ before, reports: asUndone(rollback), inputs, left: null });
  return before.length === 0 && refusedUpdates.length === 0 ? after : { ...after, refusedUpdates };
}

function leftOf({ outcome, verified }: Ending): readonly Action[] | null {
  return outcome.kind === "converged" ? [] : (verified?.pending.actions ?? null);
}

/** What a rollback could not put back would be tried again by the next pass over what is enforced: as the entity is now. */
function asUndone({ undo, observed }: RolledBack): readonly ActionReport[] {
  return undo.map((report): ActionReport => {
    const { action } = report;
    if (action.kind !== "replace" && action.kind !== "join") return report;
    const { entity, item } = action;
    const previous = observed?.entities.find(({ id }) => id === entity.id);
    return previous === undefined
      ? report
      : { ...report, action: { kind: "replace", item, entity, previous } };
  });
}
