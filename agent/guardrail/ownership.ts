import type { Guardrail } from "./guardrail.ts";

/** Only a room's owner writes to it. Reason and message are those that ownership was judged with. */
export const ownership: Guardrail = {
  name: "ownership",
  judge: (_plan, facts) =>
    facts.ownership === null
      ? undefined
      : {
          guardrail: ownership.name,
          reason: facts.ownership.reason,
          effect: "refusal",
          message: facts.ownership.message,
          items: [],
          confirmable: false,
        },
};
