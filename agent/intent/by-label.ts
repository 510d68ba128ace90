import type { Item } from "../plan/item.ts";
import type { Confirmation } from "../room/confirmations.ts";
import type { LabelConfirm } from "./commit-labels.ts";

/** What was shown was shown by name, holds included. */
export function byLabel(
  { id, commit, actor, line }: LabelConfirm,
  items: readonly Item[],
): Confirmation {
  const sorted = items.toSorted();
  return { origin: "label", originId: id, commit, actor, named: true, line, items: sorted };
}
