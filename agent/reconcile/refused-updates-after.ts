import type { Action } from "../plan/plan.ts";
import { MOST_REFUSED_UPDATES, type RefusedUpdate } from "../room/refused-update.ts";
import type { Room } from "../room/room.ts";
import type { EndedAttempt } from "./ended-pass.ts";
import type { Ending, RolledBack } from "./pass.ts";
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
      : withUndone(before, rollback, inputs);
  return before.length === 0 && refusedUpdates.length === 0 ? after : { ...after, refusedUpdates };
}

function leftOf({ outcome, verified }: Ending): readonly Action[] | null {
  return outcome.kind === "converged" ? [] : (verified?.pending.actions ?? null);
}

/** What a rollback could not put back would be tried again by the next pass over what is enforced. */
function withUndone(
  before: readonly RefusedUpdate[],
  { undo: reports, observed }: RolledBack,
  inputs: string | null,
): readonly RefusedUpdate[] {
  const left = reports.flatMap(({ action }): readonly Action[] => {
    if (action.kind !== "replace" && action.kind !== "join") return [];
    const { entity, item } = action;
    const previous = observed?.entities.find(({ id }) => id === entity.id);
    return previous === undefined ? [] : [{ kind: "replace", item, entity, previous }];
  });
  const undone = refusedUpdatesAfter({ before: [], reports, inputs, left });
  const items = new Set(undone.map(({ item }) => item));
  const others = refusedUpdatesAfter({ before, reports: [], inputs, left: null });
  return [...others.filter(({ item }) => !items.has(item)), ...undone].slice(
    0,
    MOST_REFUSED_UPDATES,
  );
}
