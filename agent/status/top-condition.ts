import type { Condition, ConditionType } from "./condition.ts";

/** Most telling first: what a person has to act on stands before what passes by itself. */
const TELLING: readonly ConditionType[] = [
  "AwaitingConfirm",
  "Stalled",
  "Orphaned",
  "Suspicious",
  "Ready",
  "Drifted",
  "Reconciling",
  "PartlyManaged",
];

/**
 * The one condition that says best why a room is not converged. `Ready` matters when it is not `True`, every
 * other type when it is `True`. Undefined when no condition matters.
 */
export function topCondition(conditions: readonly Condition[]): Condition | undefined {
  for (const type of TELLING) {
    const found = conditions.find((condition) => condition.type === type && isTelling(condition));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isTelling(condition: Condition): boolean {
  return condition.type === "Ready" ? condition.status !== "True" : condition.status === "True";
}
