import type { Item } from "../plan/item.ts";
import type { RoomRow } from "../store/rows.ts";
import { isCarriedOut } from "./dm-visibility.ts";
import { endIntents, type EndedIntent } from "./end-intents.ts";
import type { Outcome } from "./outcome.ts";
import type { PassCause, PassSignals, ReconcileDeps } from "./pass.ts";
import { readWholeRoom } from "./read-room.ts";
import { settleAction } from "./settle-action.ts";

export type Settled =
  | { readonly kind: "ok"; readonly row: RoomRow }
  | { readonly kind: "failed"; readonly outcome: Outcome };

/**
 * What a crash or a lost answer left open is settled by one fresh read, never by sending (L3). Until that read succeeds
 * the room gets no write. Confirmed removals that turn out to have happened are used up.
 */
export async function settleOpenIntents(
  given: { readonly row: RoomRow; readonly cause: PassCause; readonly signals: PassSignals },
  deps: ReconcileDeps,
): Promise<Settled> {
  const { row, cause } = given;
  const intents = await deps.store.readOpenIntents(row.roomId);
  if (intents.length === 0) return { kind: "ok", row };
  const seeded = new Set(
    intents.flatMap(({ action }) => (action.kind === "seed" ? [action.artifact.name] : [])),
  );
  const read = await readWholeRoom(given, ({ name }) => seeded.has(name), deps);
  if (read.kind === "failed") return read;
  const ended = intents.map((intent): EndedIntent => {
    const { id, action, specVersion, revision, correlationId } = intent;
    const metadata = { settledByRead: true, attemptedBy: correlationId };
    const state = settleAction(action, read.state);
    return { id, action, state, metadata, inputs: { specVersion, revision } };
  });
  const confirmations = await deps.store.readConfirmations(row.roomId, deps.clock.nowMs());
  const subject = { row, cause, inputs: row.head };
  const inventory: readonly Item[] = row.inventory;
  const result = endIntents({ ended, confirmations, inventory }, subject, deps);
  const dropped = ended.some(isCarriedOut);
  const after: RoomRow = {
    ...row,
    inventory: result.inventory,
    keepsDmVisibility: row.keepsDmVisibility && !dropped,
  };
  deps.cache.drop(row.roomId);
  return { kind: "ok", row: await deps.rooms.writePass({ before: row, after }, result.changes) };
}
