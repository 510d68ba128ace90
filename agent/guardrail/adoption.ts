import type { Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";
import { removalsOf } from "../plan/removals.ts";
import type { Facts, Guardrail, Refusal } from "./guardrail.ts";

/**
 * In a room that was never verified every removal needs a confirmation, whatever its share: what is there was put there by
 * somebody else. So it does in a room of which that is in doubt. `RequireConfirmHeader: false` lifts it for `/apply` alone.
 */
export const adoption: Guardrail = { name: "adoption", judge };

const NEVER_VERIFIED = {
  message: "The room was never verified by this agent",
  ours: new Set<Item>(),
};

function judge(plan: Plan, facts: Facts): Refusal | undefined {
  // A prune is refused as such.
  if (facts.prune !== null) return undefined;
  const doubt = facts.verifiedBefore ? facts.inDoubt : NEVER_VERIFIED;
  const lifted = !facts.limits.requireConfirm && facts.trigger === "apply";
  if (doubt === null || lifted) return undefined;
  // What a commit takes out of a spec may be another's there: `true` says nothing of that.
  const counting = facts.verifiedBefore ? facts.confirmedByName : facts.confirmed;
  const items = removalsOf(plan).filter((item) => !counting.has(item) && !doubt.ours.has(item));
  if (items.length === 0) return undefined;
  return {
    guardrail: adoption.name,
    reason: "AdoptionNeedsConfirm",
    effect: "refusal",
    message:
      `${doubt.message}, and ${items.length} of what it holds would be` +
      " removed. `Confirm: true` does not count here: name in the spec what is to stay, then confirm by the room's name",
    items,
    confirmable: true,
  };
}
