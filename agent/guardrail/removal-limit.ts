import type { Plan } from "../plan/plan.ts";
import type { Facts, Refusal } from "./guardrail.ts";
import { removalsOfKind, unconfirmed } from "./unconfirmed.ts";
import type { Reason } from "../status/reasons.ts";

/** A limit on one kind of removal in one pass. */
export interface RemovalLimit {
  readonly guardrail: string;
  readonly reason: Reason;
  readonly kind: "kick" | "delete";
  /** What is removed, for messages: `entities`. */
  readonly what: string;
  /** The limit's configuration key. */
  readonly key: string;
  readonly max: number;
}

/**
 * `OnLimit: batch`: confirmed removals pass in any number, because APPLY takes at most the limit of them per pass;
 * unconfirmed ones count against the limit by themselves, so a confirmation neither carries others over the limit nor uses
 * up what they may do without it. `OnLimit: refuse`, and a limit of 0 (there is no batch of none): all removals count, and
 * no confirmation helps.
 */
export function judgeLimit(limit: RemovalLimit, plan: Plan, facts: Facts): Refusal | undefined {
  const { max, kind } = limit;
  const confirmable = facts.limits.onLimit === "batch" && max > 0;
  const removals = removalsOfKind(plan, kind);
  const counted = confirmable ? unconfirmed(removals, facts) : removals;
  if (counted.length <= max) return undefined;
  const help = confirmable
    ? `Once confirmed, they go in passes of at most ${max}.`
    : `No confirmation lifts this: remove fewer at once, or raise ${limit.key}.`;
  return {
    guardrail: limit.guardrail,
    reason: limit.reason,
    effect: "refusal",
    message: `${counted.length} ${limit.what} would be removed in one pass, more than ${limit.key} = ${max}. ${help}`,
    items: counted,
    confirmable,
  };
}
