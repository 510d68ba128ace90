import { splitItem } from "./item.ts";
import type { ActionKind, Plan } from "./plan.ts";
import { shownItems, type ShownItems } from "./shown-items.ts";
import type { Reason } from "../status/reasons.ts";

/** A plan by lists of names, and change by change with values, as `/apply` and `/status` show it. */
export interface DiffLists extends ShownItems {
  readonly toJoin: readonly string[];
  readonly toUpdate: readonly string[];
  readonly toKick: readonly string[];
  readonly toSeed: readonly string[];
  readonly toPromote: readonly string[];
  readonly toDelete: readonly string[];
  readonly toSetPolicies: readonly string[];
  readonly toEnsure: readonly string[];
  readonly blocked: readonly { readonly item: string; readonly reason: Reason }[];
}

/** Names keep the plan's order. A `replace` is an update; an artifact that is seeded and promoted is in both lists. */
export function toDiffLists(plan: Plan): DiffLists {
  const names = (kind: ActionKind): readonly string[] =>
    plan.actions
      .filter((action) => action.kind === kind)
      .map((action) => splitItem(action.item).name);
  return {
    toJoin: names("join"),
    toUpdate: names("replace"),
    toKick: names("kick"),
    toSeed: names("seed"),
    toPromote: names("promote"),
    toDelete: names("delete"),
    toSetPolicies: names("setPolicy"),
    toEnsure: names("ensureResource"),
    blocked: plan.blocked.map(({ item, reason }) => ({ item, reason })),
    ...shownItems(plan),
  };
}
