import type { Item } from "../plan/item.ts";
import type { RoomState } from "../plan/room-state.ts";
import type { Call } from "../roomserver/room-server.ts";
import type { IntentRow, RoomRow } from "../store/rows.ts";
import { isCarriedOut } from "./dm-visibility.ts";
import { endIntents, type EndedIntent } from "./end-intents.ts";
import type { Outcome } from "./outcome.ts";
import type { PassCause, PassSignals, ReconcileDeps } from "./pass.ts";
import { readStateOf, toFailure } from "./read-room.ts";
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
  const call: Call = {
    signal: given.signals.signal,
    correlationId: cause.correlationId,
    requestId: deps.newId(),
    priority: cause.trigger,
  };
  const read = await readStateOf(row.roomId, call, deps.server);
  if (read.kind === "failed") return read;
  const state = await withFingerprints(read.state, { intents, call }, deps);
  if (state.kind === "failed") return state;
  const ended = intents.map((intent): EndedIntent => ({
    id: intent.id,
    action: intent.action,
    state: settleAction(intent.action, state.state),
    metadata: { settledByRead: true, attemptedBy: intent.correlationId, revision: intent.revision },
  }));
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

/** Asks for the fingerprints that the state does not carry, for the artifacts that were being seeded. */
async function withFingerprints(
  state: RoomState,
  given: { readonly intents: readonly IntentRow[]; readonly call: Call },
  deps: ReconcileDeps,
): Promise<{ kind: "ok"; state: RoomState } | { kind: "failed"; outcome: Outcome }> {
  const seeded = new Set(
    given.intents.flatMap(({ action }) => (action.kind === "seed" ? [action.artifact.name] : [])),
  );
  const artifacts = [];
  for (const artifact of state.artifacts) {
    if (!seeded.has(artifact.name) || artifact.fingerprint !== undefined) {
      artifacts.push(artifact);
      continue;
    }
    const call = { ...given.call, requestId: deps.newId() };
    const hash = await deps.server.readFingerprint(state.roomId, artifact.name, call);
    if (hash.kind !== "ok") return { kind: "failed", outcome: toFailure(hash) };
    artifacts.push(hash.value === null ? artifact : { ...artifact, fingerprint: hash.value });
  }
  return { kind: "ok", state: { ...state, artifacts } };
}
