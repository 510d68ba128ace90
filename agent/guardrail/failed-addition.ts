import type { Item } from "../plan/item.ts";
import type { Refusal } from "./guardrail.ts";

/** What APPLY itself holds: removals of a kind of which an addition was refused. */
export function heldByFailedAddition(items: readonly Item[]): Refusal {
  return {
    guardrail: "failed-addition",
    reason: "HeldByFailedAddition",
    effect: "hold",
    message: `${items.length} removals wait because an addition of the same kind was refused; correct the addition, or confirm`,
    items,
    confirmable: true,
  };
}
