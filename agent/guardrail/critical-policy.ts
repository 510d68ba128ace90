import { splitItem, type Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";
import { POLICY_DEFAULTS } from "../plan/policy-values.ts";
import { type Facts, type Guardrail, type Refusal, unconfirmed } from "./guardrail.ts";
import { listItems } from "./how-to-confirm.ts";

/**
 * A critical policy that the spec stops naming needs a confirmation, also where the room has its default already: from
 * then on drift of it is not corrected. Lifted by `RequireConfirmHeader: false`.
 */
export const criticalPolicy: Guardrail = { name: "critical-policy", judge };

function judge(plan: Plan, facts: Facts): Refusal | undefined {
  const items = unconfirmed(plan.removedPolicies, facts);
  if (facts.prune !== null || !facts.limits.requireConfirm || items.length === 0) return undefined;
  return {
    guardrail: criticalPolicy.name,
    reason: "CriticalPolicyRemoval",
    effect: "refusal",
    message:
      `The spec no longer names ${listItems(items)}, which is critical; its default, ${defaultsOf(items)}, would be written.` +
      " Name it again to keep it",
    items,
    confirmable: true,
  };
}

function defaultsOf(items: readonly Item[]): string {
  const defaults: Readonly<Record<string, unknown>> = POLICY_DEFAULTS;
  return items.map((item) => String(defaults[splitItem(item).name])).join(", ");
}
