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
import { settleSent } from "./settle-sent.ts";
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
  const [first] = intents;
  if (first === undefined) return { kind: "ok", row };
  const seeded = new Set(
    intents.flatMap(({ action }) => (action.kind === "seed" ? [action.artifact.name] : [])),
  );
  // A replace kicks first. That a removal without an answer was done is not expected: a read that lacks half or more needs a second one.
  const removed = intents.flatMap(({ action }) => (action.kind === "replace" ? [action.item] : []));
  deps.cache.drop(row.roomId);
  const read = await readWholeRoom({ ...given, removed }, ({ name }) => seeded.has(name), deps);
  if (read.kind === "failed") return { ...read, trust: null };
  const { trust } = read;
  const sinceMs = deps.firstSettling.sinceMs(row.roomId, first.id, deps.steady.nowMs());
  if (isHolding(trust.suspicion))
    return { kind: "failed", outcome: waitForSecondRead(trust), trust };
  const ends = settleSent(intents, read.state, trust.lacksHalf === true);
  const afterMs = deps.options.staleToleranceMs - sinceMs;
  const shown = ends.filter(({ isShown }) => isShown).length;
  if (shown > 0 && afterMs > 0) return { kind: "failed", outcome: mayLag(shown, afterMs), trust };
  deps.firstSettling.settled(row.roomId);
  const ended = intents.map((intent, at): EndedIntent => {
    const { id, action, phase, specVersion, revision, correlationId } = intent;
    const metadata = { settledByRead: true, attemptedBy: correlationId };
    const state = ends[at]?.state ?? "unknown";
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

/** A removal may have been sent just before the first read for it, and a state that shows its item then may lag (`StaleTolerance`). */
function mayLag(shown: number, afterMs: number): Outcome {
  const removals = shown === 1 ? "a removal" : `${shown} removals`;
  const message = `The answer to ${removals} is not known, and the RoomServer shows what was to be removed; its state may lag, and the next read decides`;
  return { kind: "waiting", reason: "NotConverged", message, afterMs };
}
