import { toIso } from "../kernel/clock.ts";
import type { Action } from "../plan/plan.ts";
import type { RefusedUpdate } from "../room/refused-update.ts";
import type { Room } from "../room/room.ts";
import type { EndedAttempt } from "./ended-pass.ts";
import type { Ending, RolledBack } from "./pass.ts";
import type { ActionReport } from "./sending/perform-action.ts";
import { refusedUpdatesAfter } from "./sending/refused-updates.ts";

/** The room after an attempt with the updates that wait before they are tried again. What is not enforced any more has none. */
export function withRefusedUpdates(
  after: Room,
  { ending }: EndedAttempt,
  {
    before = [],
    nowMs,
  }: { readonly before: readonly RefusedUpdate[] | undefined; readonly nowMs: number },
): Room {
  const { rollback } = ending;
  const given = { before, inputs: after.enforced?.digest ?? null, nowIso: toIso(nowMs) };
  const refusedUpdates =
    rollback === null
      ? refusedUpdatesAfter({ ...given, reports: ending.reports, left: leftOf(ending) })
      : refusedUpdatesAfter({ ...given, reports: asUndone(rollback), left: null });
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
