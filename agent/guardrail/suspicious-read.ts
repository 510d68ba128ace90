import type { Plan } from "../plan/plan.ts";
import { removalsOf } from "../plan/removals.ts";
import type { Facts, Guardrail, Refusal } from "./guardrail.ts";
import { listItems } from "./how-to-confirm.ts";

/**
 * What a read shows that cannot be believed is no reason to remove anything (L5): removals leave the plan until a second read
 * agrees, the rest goes on. No confirmation lifts it, for nobody knows yet what it would remove; one that was given counts
 * as soon as the second read has decided.
 */
export const suspiciousRead: Guardrail = { name: "suspicious-read", judge };

function judge(plan: Plan, { suspicion }: Facts): Refusal | undefined {
  const items = removalsOf(plan);
  if (suspicion === null || items.length === 0) return undefined;
  return {
    guardrail: suspiciousRead.name,
    reason: "SuspiciousRead",
    effect: "hold",
    message:
      `${suspicion}. ${items.length} removals are held until a second read over a new connection shows` +
      ` the same, the rest goes on: ${listItems(items)}. No confirmation is needed for that, and none lifts it.`,
    items,
    confirmable: false,
  };
}
