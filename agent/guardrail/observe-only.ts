import type { Guardrail } from "./guardrail.ts";

/** Nothing is written while the agent is observe-only (L5): the plan is published, and a person releases the room. */
export const observeOnly: Guardrail = {
  name: "observe-only",
  judge: ({ actions }, facts) =>
    facts.observeOnly === null || actions.length === 0
      ? undefined
      : {
          guardrail: observeOnly.name,
          reason: "ObserveOnly",
          effect: "observe",
          message: facts.observeOnly,
          items: [],
          confirmable: false,
        },
};
