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

function judge(plan: Plan, { suspicion }: Facts): Refusal | undefined {
  const items = removalsOf(plan);
  if (suspicion === null || items.length === 0) return undefined;
  return {
    guardrail: suspiciousRead.name,
    reason: "SuspiciousRead",
    effect: "hold",
    message:
      `${suspicion}. ${items.length === 1 ? "1 removal is" : `${items.length} removals are`} held until a second read over a new connection shows` +
      ` the same, the rest is applied: ${listItems(items)}. A confirmation is not needed and has no effect on this.`,
    items,
    confirmable: false,
  };
}
