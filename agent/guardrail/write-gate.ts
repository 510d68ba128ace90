import type { Guardrail } from "./guardrail.ts";

/** Nothing is written to a room whose gate is closed: the plan is published, and what opens the gate is said. */
export const writeGate: Guardrail = {
  name: "write-gate",
  judge: ({ actions }, { gate }) =>
    gate === null || actions.length === 0
      ? undefined
      : {
          guardrail: gate.guardrail,
          reason: gate.reason,
          effect: "observe",
          message: gate.message,
          items: [],
          confirmable: gate.confirmable,
        },
};
