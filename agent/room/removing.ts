import type { Item } from "../plan/item.ts";

/** What the RoomServer answered that it removed, and what no read has shown gone since: the call had no effect, or the state lags. */
export interface Removing {
  readonly items: readonly Item[];
  /** ISO time of the last such answer. */
  readonly at: string;
}

interface Known {
  readonly inventory: readonly Item[];
  /** Absent or null: none. */
  readonly removing?: Removing | null;
}

/** The items of the inventory that were removed by an answer and not by a read. */
export function removingOf({ removing = null, inventory }: Known): readonly Item[] {
  if (removing === null) return [];
  const ours = new Set(inventory);
  return removing.items.filter((item) => ours.has(item));
}

/** Without items that left the inventory, or were put into the room again. */
export function removingWithout(
  { removing = null }: Pick<Known, "removing">,
  left: ReadonlySet<Item>,
): Pick<Known, "removing"> {
  if (removing === null || !removing.items.some((item) => left.has(item))) return {};
  const items = removing.items.filter((item) => !left.has(item));
  return { removing: items.length === 0 ? null : { ...removing, items } };
}
