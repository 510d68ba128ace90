import type { Item } from "./item.ts";
import type { Plan } from "./plan.ts";
import { isRemoval } from "./removals.ts";

/** The removals of a plan that are about these items, and what of them is blocked: what others put into the room stays. */
export function onlyRemovals(plan: Plan, items: readonly Item[]): Plan {
  const ours = new Set(items);
  return {
    ...plan,
    actions: plan.actions.filter((action) => isRemoval(action) && ours.has(action.item)),
    blocked: plan.blocked.filter(({ item }) => ours.has(item)),
    removedPolicies: plan.removedPolicies.filter((item) => ours.has(item)),
  };
}
