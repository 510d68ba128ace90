import { splitItem } from "./item.ts";
import { sameJson } from "../kernel/json.ts";
import type { Action, ActionKind, Plan } from "./plan.ts";
import { toPlanItem } from "./plan-items.ts";
import { shownItem, shownItems, type ShownItems } from "./shown-items.ts";
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

/** Whether a list has the same change, from the same state of its item as far as that is shown. */
export function isListed(action: Action, diff: DiffLists): boolean {
  const { kind, item } = action;
  const shown = diff.items.find((one) => one.action === kind && one.item === item);
  if (shown !== undefined) return sameJson(shown.before, shownItem(toPlanItem(action)).before);
  return diff.moreItems > 0 && diff[LISTS[kind]].includes(splitItem(item).name);
}

const LISTS = {
  join: "toJoin",
  replace: "toUpdate",
  kick: "toKick",
  seed: "toSeed",
  promote: "toPromote",
  delete: "toDelete",
  setPolicy: "toSetPolicies",
  ensureResource: "toEnsure",
} as const satisfies Readonly<Record<ActionKind, keyof DiffLists>>;
