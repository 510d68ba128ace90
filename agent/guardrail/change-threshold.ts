import type { Plan } from "../plan/plan.ts";
import {
  type Facts,
  type Guardrail,
  type Refusal,
  removalsOfKind,
  unconfirmed,
} from "./guardrail.ts";

/**
 * Unconfirmed kicks and deletes may take at most the share `ChangeThreshold` of a room's entities and artifacts; exactly
 * that share passes. An empty room has the share 0. Lifted by `RequireConfirmHeader: false`.
 */
export const changeThreshold: Guardrail = { name: "change-threshold", judge };

function judge(plan: Plan, facts: Facts): Refusal | undefined {
  const { changeThreshold: threshold, requireConfirm } = facts.limits;
  const removals = [...removalsOfKind(plan, "kick"), ...removalsOfKind(plan, "delete")];
  const items = unconfirmed(removals, facts);
  const total = facts.observedEntities + facts.observedArtifacts;
  const ratio = total === 0 ? 0 : items.length / total;
  // A prune is refused as such, whatever its share.
  if (facts.prune !== null) return undefined;
  if (!requireConfirm || ratio <= threshold) return undefined;
  return {
    guardrail: changeThreshold.name,
    reason: "ChangeThresholdExceeded",
    effect: "refusal",
    message:
      `${items.length} of the room's ${total} entities and artifacts (${toPercent(ratio)}) would be removed; without a` +
      ` confirmation the limit is ${toPercent(threshold)} (ChangeThreshold)`,
    items,
    confirmable: true,
  };
}

function toPercent(ratio: number): string {
  return `${Math.round(ratio * 1000) / 10} %`;
}
