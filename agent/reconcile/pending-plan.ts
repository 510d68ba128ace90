import { toDiffLists } from "../plan/diff-lists.ts";
import type { Item } from "../plan/item.ts";
import type { Action, Plan } from "../plan/plan.ts";
import { planDigest, type PlanDigest } from "../plan/plan-digest.ts";
import { removalsOf } from "../plan/removals.ts";
import type { Room } from "../room/room.ts";
import type { EndedAttempt } from "./ended-pass.ts";

/**
 * What people are shown of the newest plan that has not been carried out. `confirmed`: requests that have confirmed something in
 * the room by now.
 */
export function pendingOf(
  attempts: readonly EndedAttempt[],
  confirmed: number,
): Pick<Room, "pendingDiff" | "pendingPlan"> {
  for (const attempt of attempts) {
    const plan = leftOf(attempt);
    if (plan === null) continue;
    const digest = planDigest(plan, attempt.inputs.digest, confirmed);
    const removals = [...new Set([...removalsOf(plan), ...restored(attempts, plan)])];
    const pendingPlan = { digest, inputs: attempt.inputs.digest, removals };
    return { pendingDiff: toDiffLists(plan), pendingPlan };
  }
  return { pendingDiff: null, pendingPlan: null };
}

/** The name of the plan that a pass made for its newest inputs, as the room was then; null when it made none. */
export function planDigestOf(
  { inputs, ending }: EndedAttempt,
  { confirmedRequests }: Pick<Room, "confirmedRequests">,
): PlanDigest | null {
  return ending.plan === null ? null : planDigest(ending.plan, inputs.digest, confirmedRequests);
}

/**
 * What the older spec, which is enforced while the newest is refused, has just put back and the newest does not name: the
 * newest would remove it again.
 */
function restored([head, enforced]: readonly EndedAttempt[], plan: Plan): readonly Item[] {
  if (head === undefined || enforced === undefined) return [];
  const planned = new Set(plan.actions.map(({ item }) => item));
  return enforced.ending.reports
    .filter(
      ({ action, result }) =>
        isAddition(action) && result.kind === "done" && !planned.has(action.item),
    )
    .map(({ action }) => action.item);
}

function isAddition(action: Action): boolean {
  return action.kind === "join" || (action.kind === "seed" && action.previous === undefined);
}

function leftOf({ ending }: EndedAttempt): Plan | null {
  if (ending.outcome.kind === "converged") return null;
  const left = ending.rollback === null ? ending.verified?.pending : undefined;
  const plan = left ?? ending.plan;
  if (plan === null) return null;
  return plan.actions.length > 0 || plan.removedPolicies.length > 0 ? plan : null;
}
