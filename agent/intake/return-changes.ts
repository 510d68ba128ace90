import { toConfirmationRow } from "../room/confirmations.ts";
import { confirmedItems } from "../plan/cut-names.ts";
import type { Room } from "../room/room.ts";
import type { StoreChange } from "../store/store.ts";
import { isBack, itemsToTakeBack } from "../room/detour.ts";
import type { IntakeDeps } from "./intake-deps.ts";

export interface Return {
  readonly source: string;
  readonly revision: string;
  readonly returnedTo: readonly string[];
  readonly correlationId: string;
}

/**
 * What is written when the branch is back at the head that a room's mark came from: an audit record, and a confirmation of what
 * the agent itself added for the other head, so that it goes without a question. Nothing when there was no mark, or when it stays.
 */
export async function returnChanges(
  room: { readonly before: Room; readonly row: Room },
  { source, revision, returnedTo, correlationId }: Return,
  deps: IntakeDeps,
): Promise<readonly StoreChange[]> {
  const { before, row } = room;
  if (!isBack(before.rewritten, returnedTo) || row.rewritten !== null) return [];
  const { detour } = before;
  const read = (inputs: Room["head"]) =>
    inputs === null ? Promise.resolve(null) : deps.store.readSpec(inputs.specOid);
  const past = [detour?.past?.head, detour?.past?.enforced].flatMap((one) => one ?? []);
  const specs = await Promise.all(past.map(read));
  const items = itemsToTakeBack(detour, await read(row.head), specs);
  const from = before.rewritten?.to ?? null;
  const metadata = { room: row.roomId, source, revision, from, ...confirmedItems(items) };
  const record = deps.trail.event("room.historyRestored", metadata, { correlationId });
  const changes: StoreChange[] = [record];
  if (items.length === 0) return changes;
  const confirmation = {
    origin: "return",
    originId: revision,
    actor: "operator",
    named: true,
    items,
  } as const;
  const confirmed = toConfirmationRow(row.roomId, confirmation, {
    seenAtMs: deps.steady.nowMs(),
    expiresAfterMs: deps.confirmationExpiresMs,
  });
  // The same head may be left and come back more than once.
  const id = `return/${detour?.since}/${revision}/${row.roomId}`;
  return [...changes, { kind: "confirmation", row: { ...confirmed, id } }];
}
