import { removalsOf } from "../plan/removals.ts";
import type { Guardrail } from "./guardrail.ts";

/** Drift that is only reported is not written away, and its removals need no confirmation. */
export const driftPolicy: Guardrail = {
  name: "drift-policy",
  judge: (plan, { reported }) => {
    if (reported === null || plan.actions.length === 0) return undefined;
    return {
      guardrail: "drift-policy",
      reason: "DriftReported",
      effect: "observe",
      message: reported,
      items: removalsOf(plan),
      confirmable: false,
    };
  },
};
