import type { Plan } from "../plan/plan.ts";
import { removalsOf } from "../plan/removals.ts";
import type { Facts, Guardrail, Refusal } from "./guardrail.ts";

/**
 * What a merge removes is held while it is not known whether a label of its pull request asks for a dry run, until a person names the
 * room. A hold, so that the rest of the plan is applied.
 */
export const intentUnknown: Guardrail = { name: "intent-unknown", judge };

function judge(plan: Plan, { unknownIntent, confirmedByName }: Facts): Refusal | undefined {
  if (unknownIntent === null) return undefined;
  const items = removalsOf(plan).filter((item) => !confirmedByName.has(item));
  if (items.length === 0) return undefined;
  return {
    guardrail: intentUnknown.name,
    reason: "IntentUnknown",
    effect: "hold",
    message:
      `The labels of the pull request that brought this are not known: ${unknownIntent}. ` +
      `Removals wait (${items.length} of the room's items); the rest is applied`,
    items,
    confirmable: true,
  };
}
