import type { Item } from "../../agent/plan/item.ts";
import type { RoomInputs } from "../../agent/room/room.ts";
import type { ConfirmationRow } from "../../agent/room/rows.ts";

/** A yes that was given: what may be removed once, until it expires. */
export interface Yes {
  /** The room was named. */
  readonly named: boolean;
  /** The only revision that it counts for; null: whichever is the newest. */
  readonly boundTo: string | null;
  readonly items: ReadonlySet<Item>;
  readonly used: Set<Item>;
  readonly expiresMs: number;
}

/** What a confirmation is bound to that counts for a spec which is not the newest any more. */
export const OLDER = "an older spec";

const DAY_MS = 86_400_000;

/** A confirmation as the law sees it; `head`: the newest inputs of its room. */
export function toYes(row: ConfirmationRow, head: RoomInputs | null, nowMs: number): Yes {
  const { named, items, inputs, expiresAt } = row;
  return {
    named,
    boundTo: inputs === null ? null : head?.digest === inputs ? head.revision : OLDER,
    items: new Set(items),
    used: new Set(),
    expiresMs: Math.min(Date.parse(expiresAt), nowMs + DAY_MS),
  };
}
