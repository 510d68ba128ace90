import type { Guardrail } from "./guardrail.ts";

/** A request that confirms a plan is not carried out for another one. */
export const outdatedConfirmation: Guardrail = {
  name: "confirmation",
  judge: (_plan, { outdated }) => outdated ?? undefined,
};
