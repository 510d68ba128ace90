import type { Guardrail } from "./guardrail.ts";

/** What another writer keeps changing back is corrected at ever longer intervals, not at once. */
export const contested: Guardrail = {
  name: "contested",
  judge: ({ actions }, facts) =>
    facts.contested === null || actions.length === 0
      ? undefined
      : {
          guardrail: contested.name,
          reason: "Contested",
          effect: "wait",
          message: facts.contested.message,
          items: [],
          confirmable: false,
          afterMs: facts.contested.waitMs,
        },
};
