import type { Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";
import type { Facts } from "./guardrail.ts";

/** The kicks or deletes of a plan, in order. A `replace` is neither. */
export function removalsOfKind(plan: Plan, kind: "kick" | "delete"): readonly Item[] {
  return plan.actions.filter((action) => action.kind === kind).map((action) => action.item);
}

/** The items no living confirmation covers. */
export function unconfirmed(items: readonly Item[], facts: Facts): readonly Item[] {
  return items.filter((item) => !facts.confirmed.has(item));
}
