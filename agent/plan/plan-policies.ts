import type { JsonValue } from "../kernel/json.ts";
import { POLICY_NAMES, type PolicyName } from "../spec/room-spec.ts";
import { decide, type Decision } from "./decide.ts";
import { toItem, type Item } from "./item.ts";
import type { Action, PlanInput } from "./plan.ts";
import type { PlanContext } from "./plan-context.ts";
import { hasPolicy, POLICY_DEFAULTS } from "./policy-values.ts";

/**
 * Writes the policies the spec names where they differ, and the default of a critical one that the spec stopped naming. A
 * server that carries no policies at all gets each write once: the mark that VERIFY leaves stops the next.
 */
export function planPolicies(context: PlanContext): readonly Decision[] {
  const { policies } = context.input.desired.spec.spec;
  const named = POLICY_NAMES.flatMap((policy) => {
    const value = policies[policy];
    return value === undefined ? [] : planPolicy({ policy, value, removal: false }, context);
  });
  const removed = removedPolicies(context.input).length > 0;
  return removed ? [...named, ...planPolicy(REMOVAL, context)] : named;
}

const REMOVAL = {
  policy: "dmVisibilityDefault",
  value: POLICY_DEFAULTS.dmVisibilityDefault,
  removal: true,
} as const;

/** Critical policies the spec stopped naming. */
export function removedPolicies({ dmVisibilityRemoved, desired }: PlanInput): readonly Item[] {
  const gone = dmVisibilityRemoved && desired.spec.spec.policies.dmVisibilityDefault === undefined;
  return gone ? [toItem("policy", REMOVAL.policy)] : [];
}

/** Keys the server carries and RoomSpec does not know, by name. */
export function unknownPolicies({ observed }: PlanInput): readonly string[] {
  const known: readonly string[] = POLICY_NAMES;
  return Object.keys(observed.policies ?? {})
    .filter((name) => !known.includes(name))
    .sort();
}

function planPolicy(
  wanted: { readonly policy: PolicyName; readonly value: JsonValue; readonly removal: boolean },
  context: PlanContext,
): readonly Decision[] {
  const { policy, value } = wanted;
  const { policies } = context.observed;
  if (policies !== undefined && hasPolicy(policies, policy, value)) return [];
  const previous = policies?.[policy] ?? null;
  const action: Action = { kind: "setPolicy", item: toItem("policy", policy), previous, ...wanted };
  return [decide(action, context)];
}
