import { withoutStop } from "../kernel/joined.ts";
import type { Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";
import { removalsOf } from "../plan/removals.ts";
import type { Facts, Guardrail, Refusal } from "./guardrail.ts";
import { listItems } from "./how-to-confirm.ts";

/**
 * An unverified read does not justify a removal (L5): removals are held until a second read shows the same, the rest is
 * applied. No confirmation lifts it, because what it would remove is not known yet; one that was given counts as soon as the
 * second read has decided.
 */
export const suspiciousRead: Guardrail = { name: "suspicious-read", judge };

/** What is said of a read that is not believed, wherever it is said; `held`: the removals that wait. */
export function untilSecondRead(suspicion: string, held: readonly Item[]): string {
  const what = held.length === 0 ? "" : `; held until then: ${listItems(held)}`;
  return `${withoutStop(suspicion)}; nothing is removed until a second read over a new connection decides${what}`;
}

function judge(plan: Plan, { suspicion }: Facts): Refusal | undefined {
  const items = removalsOf(plan);
  if (suspicion === null || items.length === 0) return undefined;
  return {
    guardrail: suspiciousRead.name,
    reason: "SuspiciousRead",
    effect: "hold",
    message: `${untilSecondRead(suspicion, items)}. No confirmation is needed or has an effect on this.`,
    items,
    confirmable: false,
  };
}
