import type { z } from "zod";
import { cutName, cutNames } from "../plan/cut-names.ts";
import type { ListPager } from "../plan/cut-lists.ts";
import type { diffAnswer, refusalAnswer } from "./status-contract.ts";

type Diff = z.infer<typeof diffAnswer>;
type RefusalAnswer = z.infer<typeof refusalAnswer>;

/** One page of each list of a plan, with names cut. `name`: what the lists are called in `cutLists`. Pure but for the pager. */
export function cutDiff(diff: Diff, name: string, pager: ListPager): Diff {
  const names = (list: string, all: readonly string[]) =>
    cutNames(pager.show(`${name}.${list}`, all));
  const { offset, count } = pager.page;
  const items = diff.items.slice(offset, offset + count);
  return {
    toJoin: names("toJoin", diff.toJoin),
    toUpdate: names("toUpdate", diff.toUpdate),
    toKick: names("toKick", diff.toKick),
    toSeed: names("toSeed", diff.toSeed),
    toPromote: names("toPromote", diff.toPromote),
    toDelete: names("toDelete", diff.toDelete),
    toSetPolicies: names("toSetPolicies", diff.toSetPolicies),
    toEnsure: names("toEnsure", diff.toEnsure),
    blocked: pager.show(`${name}.blocked`, diff.blocked).map(({ item, reason }) => ({
      item: cutName(item),
      reason,
    })),
    items: items.map((each) => ({ ...each, item: cutName(each.item) })),
    moreItems: Math.max(0, diff.items.length + diff.moreItems - offset - items.length),
  };
}

/** One page of the items of each refusal, with names cut. */
export function cutRefusals(
  refusals: readonly RefusalAnswer[],
  pager: ListPager,
): readonly RefusalAnswer[] {
  return refusals.map((refusal, at) => ({
    ...refusal,
    items: cutNames(pager.show(`refusals[${at}].items`, refusal.items)),
  }));
}
