import type { Item } from "../plan/item.ts";
import {
  type Facts,
  type Guardrail,
  type Refusal,
  removalsOfKind,
  unconfirmed,
} from "./guardrail.ts";
import type { Reason } from "../status/reasons.ts";

/** No more kicks in one pass than `MaxEntitiesKickPerCycle`. */
export const kickLimit = limitOf("kick", {
  name: "kick-limit",
  reason: "KickLimitExceeded",
  what: "entities",
  key: "MaxEntitiesKickPerCycle",
  max: ({ limits }) => limits.maxEntitiesKickPerCycle,
});

/** No more artifact deletes in one pass than `MaxArtifactsDeletePerCycle`. */
export const deleteLimit = limitOf("delete", {
  name: "delete-limit",
  reason: "DeleteLimitExceeded",
  what: "artifacts",
  key: "MaxArtifactsDeletePerCycle",
  max: ({ limits }) => limits.maxArtifactsDeletePerCycle,
});

/** A limit on one kind of removal in one pass. */
interface RemovalLimit {
  readonly name: string;
  readonly reason: Reason;
  /** What is removed, for messages: `entities`. */
  readonly what: string;
  /** The limit's configuration key. */
  readonly key: string;
  readonly max: (facts: Facts) => number;
}

/**
 * `OnLimit: batch`: confirmed removals pass in any number, because APPLY takes at most the limit of them per pass;
 * unconfirmed ones count against the limit by themselves, so a confirmation neither carries others over the limit nor uses
 * up what they may do without it. `OnLimit: refuse`, and a limit of 0 (there is no batch of none): all removals count, and
 * no confirmation helps.
 */
function limitOf(kind: "kick" | "delete", limit: RemovalLimit): Guardrail {
  return {
    name: limit.name,
    judge: (plan, facts) => judge(limit, removalsOfKind(plan, kind), facts),
  };
}

function judge(limit: RemovalLimit, removals: readonly Item[], facts: Facts): Refusal | undefined {
  const max = limit.max(facts);
  const confirmable = facts.limits.onLimit === "batch" && max > 0;
  const counted = confirmable ? unconfirmed(removals, facts) : removals;
  if (counted.length <= max) return undefined;
  const help = confirmable
    ? `Once confirmed, they go in passes of at most ${max}.`
    : `No confirmation lifts this: remove fewer at once, or raise ${limit.key}.`;
  return {
    guardrail: limit.name,
    reason: limit.reason,
    effect: "refusal",
    message: `${counted.length} ${limit.what} would be removed in one pass, more than ${limit.key} = ${max}. ${help}`,
    items: counted,
    confirmable,
  };
}
