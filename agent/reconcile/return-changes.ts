import { toConfirmationRow } from "../intent/confirmations.ts";
import type { RoomRow } from "../store/rows.ts";
import type { StoreChange } from "../store/store.ts";
import { isBack, itemsToTakeBack, livingDetour } from "./detour.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { sourceRecord } from "./source-audit.ts";

export interface Return {
  readonly source: string;
  readonly revision: string;
  readonly returnedTo: readonly string[];
  readonly correlationId: string;
}

/**
 * What is written when the branch is back at the head that a room left: an audit record, and a confirmation of what the agent
 * itself added meanwhile, so that it goes without a question. Nothing when the room never left, or when its mark stays.
 */
export async function returnChanges(
  room: { readonly before: RoomRow; readonly row: RoomRow },
  { source, revision, returnedTo, correlationId }: Return,
  deps: IntakeDeps,
): Promise<readonly StoreChange[]> {
  const { before, row } = room;
  const time = { nowMs: deps.steady.nowMs(), expiresAfterMs: deps.confirmationExpiresMs };
  const detour = livingDetour(before, time);
  const wasBack = isBack(detour, returnedTo);
  if (!wasBack && !isBack(before.rewritten, returnedTo)) return [];
  const spec = row.head === null ? null : await deps.store.readSpec(row.head.specOid);
  const items = wasBack ? itemsToTakeBack(detour, spec) : [];
  const from = before.rewritten?.to ?? null;
  const metadata = { room: row.roomId, source, revision, from, items: [...items] };
  const record = sourceRecord("room.historyRestored", metadata, { ...deps, correlationId });
  const changes: StoreChange[] = [{ kind: "audit", record }];
  if (items.length === 0) return changes;
  const confirmation = {
    origin: "return",
    originId: revision,
    actor: "operator",
    named: true,
    items,
  } as const;
  const confirmed = toConfirmationRow(row.roomId, confirmation, {
    seenAtMs: time.nowMs,
    expiresAfterMs: time.expiresAfterMs,
  });
  // The same head may be left and come back more than once.
  const id = `return/${detour?.since}/${revision}/${row.roomId}`;
  return [...changes, { kind: "confirmation", row: { ...confirmed, id } }];
}
