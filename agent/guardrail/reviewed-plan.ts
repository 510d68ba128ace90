import type { Guardrail } from "./guardrail.ts";

/** What was merged does what its pull request showed; the reasons are those of the law of reviews. */
export const reviewedPlan: Guardrail = {
  name: "reviewed-plan",
  judge: (_plan, { unreviewed }) => unreviewed ?? undefined,
};
