import type { Plan } from "../plan/plan.ts";
import { removalsOf } from "../plan/removals.ts";
import type { Facts, Guardrail, Refusal } from "./guardrail.ts";

/**
 * What a rewritten history would remove is held until a person names the room, or until the room has converged without it:
 * no commit is known to remove it. A hold, so that the rest of the plan is applied.
 */
export const historyRewritten: Guardrail = { name: "history-rewritten", judge };

function judge(plan: Plan, { rewritten, confirmedByName }: Facts): Refusal | undefined {
  if (rewritten === null) return undefined;
  const items = removalsOf(plan).filter((item) => !confirmedByName.has(item));
  if (items.length === 0) return undefined;
  return {
    guardrail: historyRewritten.name,
    reason: "HistoryRewritten",
    effect: "hold",
    message:
      `The history was rewritten from ${rewritten.from} to ${rewritten.to}, and ${items.length} of the room's items` +
      ` would be removed. These removals are held; the rest is applied`,
    items,
    confirmable: true,
  };
}
