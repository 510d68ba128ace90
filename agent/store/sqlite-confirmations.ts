import { hasUnused } from "../room/confirmations.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import type { Reads } from "./sqlite-reads.ts";
import type { TableRows } from "./sqlite-rows.ts";

/**
 * Confirmations of which something is left: most are used up long before they expire. Both lists are without doubles, and what is
 * used is among the items.
 */
const MAY_WAIT =
  "expires_ms > ? AND json_array_length(document, '$.used') < json_array_length(document, '$.items')";

/** See `Store.readConfirmations`. */
export async function readConfirmations(
  reads: Reads,
  table: TableRows<ConfirmationRow>,
  { roomId, nowMs }: { readonly roomId: string | null; readonly nowMs: number },
): Promise<readonly ConfirmationRow[]> {
  const rows =
    roomId === null
      ? await reads.all(table, `WHERE ${MAY_WAIT} ORDER BY seq`, nowMs)
      : reads.few(table, "WHERE room_id = ? AND expires_ms > ? ORDER BY seq", roomId, nowMs);
  return rows.filter(hasUnused);
}
