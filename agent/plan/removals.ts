import type { RoomSpec } from "../spec/room-spec.ts";
import { toItem, type Item } from "./item.ts";
import type { Action, Plan } from "./plan.ts";

/** A removal is what takes something out of the room or its protection; a `replace` is none. */
export function isRemoval(action: Action): boolean {
  return (
    action.kind === "kick" ||
    action.kind === "delete" ||
    (action.kind === "setPolicy" && action.removal)
  );
}

/** What a plan takes away, in its order: kicks, deletes, and the critical policies its spec stopped naming. */
export function removalsOf(plan: Plan): readonly Item[] {
  const items = plan.actions.filter(isRemoval).map((action) => action.item);
  return [...new Set([...items, ...plan.removedPolicies])];
}

/**
 * The items that a change of one room's spec takes out: entities, artifacts, and `policy/dmVisibilityDefault` when it was
 * named and is not any more. A spec that is gone (`after` null) takes out all; a new one (`before` null) nothing, and so
 * does a change to another room, which leaves the old one alone.
 */
export function removedItems(before: RoomSpec | null, after: RoomSpec | null): readonly Item[] {
  if (before === null) return [];
  if (after !== null && after.spec.roomId !== before.spec.roomId) return [];
  const kept = new Set(after === null ? [] : removableItems(after));
  return removableItems(before).filter((item) => !kept.has(item));
}

function removableItems({ spec }: RoomSpec): readonly Item[] {
  return [
    ...spec.entities.map((entity) => toItem("entity", entity.id)),
    ...spec.artifacts.map((artifact) => toItem("artifact", artifact.name)),
    ...(spec.policies.dmVisibilityDefault === undefined
      ? []
      : [toItem("policy", "dmVisibilityDefault")]),
  ];
}

/** The plan without the removals of `items`; everything else it has stays, an update of the same item too. */
export function withoutRemovals(plan: Plan, items: Iterable<Item>): Plan {
  const held = new Set(items);
  return {
    ...plan,
    actions: plan.actions.filter((action) => !(isRemoval(action) && held.has(action.item))),
    removedPolicies: plan.removedPolicies.filter((item) => !held.has(item)),
  };
}

/**
 * The plan with at most so many kicks and deletes, the first of each in order; everything else stays. `cut` says whether
 * removals are left for a later pass.
 */
export function capRemovals(
  plan: Plan,
  caps: { readonly maxKicks: number; readonly maxDeletes: number },
): { readonly plan: Plan; readonly cut: boolean } {
  const late = [
    ...ofKind(plan, "kick").slice(caps.maxKicks),
    ...ofKind(plan, "delete").slice(caps.maxDeletes),
  ];
  const items = late.map((action) => action.item);
  return { plan: withoutRemovals(plan, items), cut: late.length > 0 };
}

function ofKind(plan: Plan, kind: "kick" | "delete"): readonly Action[] {
  return plan.actions.filter((action) => action.kind === kind);
}
