import type { Item } from "../plan/item.ts";
import type { Missing } from "./missing.ts";
import type { PruneMark, Pruned } from "./prune-mark.ts";
import { pendingPrune } from "./prune.ts";
import { unseenOf, untilLagEnds, type KnownRemoving } from "./removing.ts";

type Pruning = KnownRemoving & {
  readonly prune?: PruneMark | null;
  readonly pruned?: Pruned | null;
};

/** What a read need not show. What was removed before the room's present prune is missed by it, once the state cannot lag. */
export function leavingOf(row: Pruning, isSettled: boolean): readonly Item[] {
  return isSettled && pendingPrune(row) !== null && !isOfPrune(row) ? [] : unseenOf(row);
}

/** Whether the state cannot lag behind the removals any more. */
export function isSettledAt(
  row: Pick<KnownRemoving, "removing">,
  time: { readonly nowMs: number; readonly toleranceMs: number },
): boolean {
  return (row.removing ?? null) !== null && untilLagEnds(row, time) === 0;
}

export interface SeenOfRemoving {
  readonly left: ReadonlySet<Item>;
  readonly stays: readonly Item[];
  /** See `Trust`. */
  readonly leaving?: Missing | null | undefined;
}

/**
 * Without items that left the inventory. What `stays` is in the room, as the call had no effect or others put it there again: that is
 * remembered for the prune that removed it, and otherwise it is like all that the agent put there.
 */
export function removingAfterRead(
  row: Pruning,
  { left, stays, leaving }: SeenOfRemoving,
): Pick<KnownRemoving, "removing"> {
  const { removing = null } = row;
  if (removing === null) return {};
  const missing = leaving === undefined ? removing.missing : (leaving ?? undefined);
  const isKept = isOfPrune(row);
  const out = new Set(isKept ? left : [...left, ...stays]);
  const items = removing.items.filter((item) => !out.has(item));
  if (items.length === 0) return { removing: null };
  const shown = [...new Set([...(removing.shown ?? []), ...stays])].filter(
    (item) => !out.has(item),
  );
  return {
    removing: {
      items,
      at: removing.at,
      ...(shown.length === 0 ? {} : { shown }),
      ...(missing === undefined ? {} : { missing }),
    },
  };
}

/** Whether the prune that the room waits for began before the last removal. */
function isOfPrune(row: Pruning): boolean {
  const mark = pendingPrune(row);
  const { removing = null } = row;
  return mark !== null && removing !== null && Date.parse(removing.at) >= Date.parse(mark.since);
}
