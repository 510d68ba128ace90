import type { Item } from "../plan/item.ts";
import type { Missing } from "./missing.ts";

/** What the RoomServer answered that it removed, and what no read has shown gone since: the call had no effect, or the state lags. */
export interface Removing {
  readonly items: readonly Item[];
  /** ISO time of the last such answer. */
  readonly at: string;
  /** Of these, what a read showed once the state could not lag any more (`StaleTolerance`): it is in the room. Absent: nothing. */
  readonly shown?: readonly Item[];
  /** Of these, what reads did not show that lacked half of what was to be pruned, or more: a later one decides. Absent: nothing. */
  readonly missing?: Missing;
}

export interface KnownRemoving {
  readonly inventory: readonly Item[];
  /** Absent or null: none. */
  readonly removing?: Removing | null;
}

/** The items of the inventory that were removed by an answer and not by a read. */
export function removingOf({ removing = null, inventory }: KnownRemoving): readonly Item[] {
  if (removing === null) return [];
  const ours = new Set(inventory);
  return removing.items.filter((item) => ours.has(item));
}

/** What of that no read has shown since the state could lag. */
export function unseenOf(row: KnownRemoving): readonly Item[] {
  const shown = new Set(row.removing?.shown);
  return removingOf(row).filter((item) => !shown.has(item));
}

/** Ms for which a state that shows what was removed may only lag; 0 also where nothing was. A clock that went back has measured nothing. */
export function untilLagEnds(
  { removing = null }: Pick<KnownRemoving, "removing">,
  { nowMs, toleranceMs }: { readonly nowMs: number; readonly toleranceMs: number },
): number {
  if (removing === null) return 0;
  return Math.max(0, toleranceMs - Math.max(0, nowMs - Date.parse(removing.at)));
}
