import type { Plan } from "../plan/plan.ts";
import { removalsOf } from "../plan/removals.ts";
import { type Facts, type Guardrail, type Refusal, unconfirmed } from "./guardrail.ts";

/**
 * What an agent put into a room whose spec file was removed goes only once a person confirms it by the room's name, whatever
 * its share. Nothing lifts that: the confirmations that count for a prune are all given by name. While a file that is not valid may be
 * the room's, or another source's file names it, nothing goes.
 */
export const prune: Guardrail = { name: "prune", judge };

function judge(plan: Plan, facts: Facts): Refusal | undefined {
  const removals = removalsOf(plan);
  if (facts.prune === null || removals.length === 0) return undefined;
  const { removal, heldBy, claimedBy = null } = facts.prune;
  const common = { guardrail: prune.name, effect: "refusal" } as const;
  if (heldBy !== null) {
    const message = `${upperFirst(removal)}, but ${heldBy} may be meant for the room and is not its valid spec: correct or remove that file`;
    return { ...common, reason: "SpecUnreadable", message, items: removals, confirmable: false };
  }
  if (claimedBy !== null) {
    const message = `${upperFirst(removal)}, but ${claimedBy} names the room: what it keeps stays`;
    return { ...common, reason: "WaitsForSource", message, items: removals, confirmable: false };
  }
  const items = unconfirmed(removals, facts);
  if (items.length === 0) return undefined;
  const { inDoubt } = facts;
  const message =
    inDoubt === null || items.every((item) => inDoubt.ours.has(item))
      ? `${upperFirst(removal)}, and ${items.length} of what this agent put into the room would be removed; what others put` +
        " there stays"
      : `${upperFirst(removal)}. ${inDoubt.message}: ${items.length} of what this agent put into the room before would be` +
        " removed, whoever put them there";
  return { ...common, reason: "PruneNeedsConfirm", message, items, confirmable: true };
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
