import type { Item } from "../plan/item.ts";
import type { ConfirmationRow } from "./rows.ts";

/** The row with `items` used up as far as it covers them; order and count of `items` do not matter. */
export function withUsed(row: ConfirmationRow, items: readonly Item[]): ConfirmationRow {
  const covered = new Set(row.items);
  const used = new Set([...row.used, ...items].filter((item) => covered.has(item)));
  return { ...row, used: [...used] };
}

/** True while the row covers an item that was not removed under it. */
export function hasUnused(row: ConfirmationRow): boolean {
  const used = new Set(row.used);
  return row.items.some((item) => !used.has(item));
}
