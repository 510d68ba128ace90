import { removalsOf } from "../plan/removals.ts";
import type { Guardrail } from "./guardrail.ts";

/**
 * Drift that is only reported is not written away, and its removals need no confirmation. One whose every removal a person has
 * confirmed is applied: it is the rest of what was asked for.
 */
export const driftPolicy: Guardrail = {
  name: "drift-policy",
  judge: (plan, { reported, confirmed }) => {
    if (reported === null || plan.actions.length === 0) return undefined;
    const items = removalsOf(plan);
    if (items.length > 0 && items.every((item) => confirmed.has(item))) return undefined;
    return {
      guardrail: "drift-policy",
      reason: "DriftReported",
      effect: "observe",
      message: reported,
      items,
      confirmable: false,
    };
  },
};
