import { upperFirst } from "../kernel/joined.ts";
import type { Plan } from "../plan/plan.ts";
import { removalsOf } from "../plan/removals.ts";
import { type Facts, type Guardrail, type Objection, unconfirmed } from "./guardrail.ts";
import { listItems } from "./how-to-confirm.ts";
import type { Item } from "../plan/item.ts";

/**
 * What an agent put into a room whose spec file was removed goes only once a person confirms it by the room's name, whatever
 * its share. Nothing lifts that: the confirmations that count for a prune are all given by name. While a file that is not valid may be
 * the room's, or another source's file names it, nothing goes.
 */
export const prune: Guardrail = { name: "prune", judge };

function judge(plan: Plan, facts: Facts): Objection | undefined {
  const removals = removalsOf(plan);
  if (facts.prune === null || removals.length === 0) return undefined;
  const { removal, heldBy, claimedBy = null, removing = NOTHING } = facts.prune;
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
  const isDoubted = inDoubt !== null && items.some((item) => !inDoubt.ours.has(item));
  const sent = new Set(removing.items);
  if (!isDoubted && items.every((item) => sent.has(item)))
    return stillThere(items, removing.waitMs);
  const message = isDoubted
    ? `${upperFirst(removal)}. ${inDoubt.message}: ${items.length} of what this agent put into the room before would be` +
      " removed, whoever put them there"
    : `${upperFirst(removal)}, and ${items.length} of what this agent put into the room would be removed; what others put` +
      " there stays";
  return { ...common, reason: "PruneNeedsConfirm", message, items, confirmable: true };
}

const NOTHING = { items: [], waitMs: 0 } as const;

/**
 * A confirmation counts once (L4), so what the RoomServer answered that it removed and still shows needs another one: others may have
 * put it there again. The rest goes.
 */
function stillThere(items: readonly Item[], waitMs: number): Objection {
  const what = `The RoomServer answered that it removed ${items.length} of what this agent put into the room, and still shows that`;
  const common = { guardrail: prune.name } as const;
  if (waitMs > 0) {
    const message = `${what} (${listItems(items)}); its state may lag, and the next read decides`;
    const reason = "NotConverged";
    return {
      ...common,
      reason,
      effect: "wait",
      message,
      items,
      confirmable: false,
      afterMs: waitMs,
    };
  }
  const message = `${what}: confirm it again by the room's name to have it removed again`;
  const reason = "PruneNeedsConfirm";
  return { ...common, reason, effect: "hold", message, items, confirmable: true };
}
