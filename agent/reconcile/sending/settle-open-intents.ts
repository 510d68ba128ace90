import type { Item } from "../../plan/item.ts";
import type { Room } from "../../room/room.ts";
import { isCarriedOut } from "../dm-visibility.ts";
import { detourAfterActions } from "../../room/detour.ts";
import { afterRemovals } from "./after-removals.ts";
import { endIntents, type EndedIntent } from "./end-intents.ts";
import type { Outcome } from "../../room/outcome.ts";
import type { PassCause, PassSignals, ReconcileDeps } from "../pass.ts";
import { isHolding, waitForSecondRead, withTrust, type Trust } from "../../room/judge-read.ts";
import { readWholeRoom } from "../read-room.ts";
import { withOpenTakenOut } from "../taken-out-after.ts";
import { settleAction } from "./settle-action.ts";
import { trustRecords } from "../audit.ts";

export type Settled =
  | { readonly kind: "ok"; readonly row: Room }
  | { readonly kind: "failed"; readonly outcome: Outcome; readonly trust: Trust | null };

/**
 * What a crash or a lost answer left open is settled by one fresh read, never by sending (L3). Until that read succeeds
 * the room gets no write, and neither while that read cannot be believed. Confirmed removals that turn out to have happened
 * are used up.
 */
export async function settleOpenIntents(
  given: { readonly row: Room; readonly cause: PassCause; readonly signals: PassSignals },
  deps: ReconcileDeps,
): Promise<Settled> {
  const { row, cause } = given;
  const intents = await deps.store.readOpenIntents(row.roomId);
  if (intents.length === 0) return { kind: "ok", row };
  const seeded = new Set(
    intents.flatMap(({ action }) => (action.kind === "seed" ? [action.artifact.name] : [])),
  );
  // A replace kicks first.
  const removed = intents
    .map(({ action }) => action)
    .filter(({ kind }) => kind === "kick" || kind === "delete" || kind === "replace")
    .map(({ item }) => item);
  deps.cache.drop(row.roomId);
  const read = await readWholeRoom({ ...given, removed }, ({ name }) => seeded.has(name), deps);
  if (read.kind === "failed") return { ...read, trust: null };
  const { trust } = read;
  if (isHolding(trust.suspicion))
    return { kind: "failed", outcome: waitForSecondRead(trust), trust };
  const ended = intents.map((intent): EndedIntent => {
    const { id, action, phase, specVersion, revision, correlationId } = intent;
    const metadata = { settledByRead: true, attemptedBy: correlationId };
    const state = settleAction(action, read.state);
    const waiting = intent.unrecorded === true ? { intendedAt: intent.createdAt } : {};
    return { id, action, phase, state, metadata, inputs: { specVersion, revision }, ...waiting };
  });
  const confirmations = await deps.store.readConfirmations(row.roomId, deps.steady.nowMs());
  const subject = { row, cause, inputs: row.head };
  const known = withTrust(row, trust);
  const inventory: readonly Item[] = known.inventory;
  const result = endIntents({ ended, confirmations, inventory }, subject, deps);
  const dropped = ended.some(isCarriedOut);
  const left = { ended, inventory: result.inventory, nowMs: deps.steady.nowMs() };
  const settled: Room = {
    ...afterRemovals(known, left),
    detour: detourAfterActions(row, ended),
    keepsDmVisibility: row.keepsDmVisibility && !dropped,
  };
  const after = withOpenTakenOut(settled, ended, read.state);
  const changes = [...trustRecords(trust, subject, deps), ...result.changes];
  return { kind: "ok", row: await deps.rooms.writePass({ before: row, after }, changes) };
}
