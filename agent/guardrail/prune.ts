import type { Plan } from "../plan/plan.ts";
import { removalsOf } from "../plan/removals.ts";
import type { Facts, Guardrail, Refusal } from "./guardrail.ts";
import { unconfirmed } from "./unconfirmed.ts";

/**
 * What an agent put into a room whose spec file was removed goes only once a person confirms it by the room's name, whatever
 * its share. Nothing lifts that: the confirmations that count for a prune are all given by name.
 */
export const prune: Guardrail = { name: "prune", judge };

function judge(plan: Plan, facts: Facts): Refusal | undefined {
  const items = unconfirmed(removalsOf(plan), facts);
  if (facts.prune === null || items.length === 0) return undefined;
  return {
    guardrail: prune.name,
    reason: "PruneNeedsConfirm",
    effect: "refusal",
    message:
      `${upperFirst(facts.prune)}, and ${items.length} of what this agent put into the room would be removed; what others put` +
      " there stays",
    items,
    confirmable: true,
  };
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
