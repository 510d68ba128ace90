import type { Dependent } from "./dependencies.ts";
import { splitItem, type Item, type ItemKind } from "./item.ts";
import type { Action, ActionKind, Blocked } from "./plan.ts";
import { isRemoval } from "./removals.ts";

const KINDS: readonly ItemKind[] = ["entity", "artifact", "policy", "resource"];

/**
 * The order of a plan: entities, artifacts, policies, resources; inside a kind additions and updates before removals;
 * inside these what is depended on before what depends on it (by layer); then by name in code units; and of one artifact
 * the seed before its promotion. No two actions of a plan are equal in it.
 */
export function actionOrder(
  layers: readonly (readonly Dependent[])[],
): (one: Action, other: Action) => number {
  const depths = new Map<Item, number>(
    layers.flatMap((layer, depth) => layer.map(({ item }): [Item, number] => [item, depth])),
  );
  const depthOf = ({ item }: Action) => depths.get(item) ?? 0;
  const stepOf = ({ kind }: { readonly kind: ActionKind }) => (kind === "promote" ? 1 : 0);
  return (one, other) =>
    rankOf(one.item) - rankOf(other.item) ||
    Number(isRemoval(one)) - Number(isRemoval(other)) ||
    depthOf(one) - depthOf(other) ||
    byCodeUnit(one.item, other.item) ||
    stepOf(one) - stepOf(other);
}

/** Blocked items by kind, then by name, reason and message in code units. */
export function blockedOrder(one: Blocked, other: Blocked): number {
  return (
    rankOf(one.item) - rankOf(other.item) ||
    byCodeUnit(one.item, other.item) ||
    byCodeUnit(one.reason, other.reason) ||
    byCodeUnit(one.message, other.message)
  );
}

function rankOf(item: Item): number {
  return KINDS.indexOf(splitItem(item).kind);
}

function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
