import type { Refusal } from "../guardrail/guardrail.ts";
import { coveredItems, toConfirmationRow, spendConverged } from "../room/confirmations.ts";
import { judgeConfirm, type RequestConfirm } from "../room/request-confirm.ts";
import { isPrune } from "../room/prune.ts";
import { confirmedItems } from "../plan/cut-names.ts";
import { planDigest, type PlanDigest } from "../plan/plan-digest.ts";
import type { Room } from "../room/room.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import type { RoomUpdate } from "../store/room-writer.ts";
import type { StoreChange } from "../store/store.ts";
import { auditRecord } from "./audit.ts";
import type { Planned, ReconcileDeps } from "./pass.ts";
import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import type { Plan } from "../plan/plan.ts";
import type { EndedAttempt } from "./ended-pass.ts";
import { removalsOf } from "../plan/removals.ts";

/** The confirmations that count for the inputs of this pass. */
export async function livingConfirmations(
  { row, inputs, cause }: Planned,
  { store, steady }: ReconcileDeps,
): Promise<readonly ConfirmationRow[]> {
  if (cause.unconfirmed === true) return [];
  const rows = await store.readConfirmations(row.roomId, steady.nowMs());
  // Only what was given for the very prune counts for it, and that was given by name.
  const isOwn = (one: ConfirmationRow) => one.inputs === inputs.digest;
  return rows.filter((one) => isOwn(one) || (one.inputs === null && !isPrune(inputs)));
}

export type AskedConfirmation =
  /** One row, or none where nothing is removed. */
  | { readonly kind: "covers"; readonly rows: readonly ConfirmationRow[] }
  | { readonly kind: "outdated"; readonly rows: readonly []; readonly refusal: Refusal };

/** What the request allows of the plan that was made for it; null when it confirms nothing. */
export function askedConfirmation(
  planned: Planned,
  living: readonly ConfirmationRow[],
  deps: ReconcileDeps,
): AskedConfirmation | null {
  const { cause, plan } = planned;
  if (cause.confirm === null) return null;
  const covered = coveredItems(living, deps.steady.nowMs());
  const verdict = judgeConfirm(cause.confirm, {
    plan,
    inputs: planned.inputs,
    covered,
    confirmed: planned.row.confirmedRequests,
  });
  if (verdict.kind === "outdated") {
    const now = { digest: digestOf(planned), beyond: verdict.beyond };
    const refusal = confirmationOutdated(cause.confirm, plan, now);
    return { kind: "outdated", rows: [], refusal };
  }
  const { items } = verdict;
  return { kind: "covers", rows: items.length === 0 ? [] : [toRow(planned, items, deps)] };
}

/** The name of the plan as people were shown it. */
function digestOf({ plan, inputs, row }: Planned): PlanDigest {
  return planDigest(plan, inputs.digest, row.confirmedRequests);
}

/** The room once a request was confirmed: its next plans have names of their own. */
export function withConfirmed(row: Room): Room {
  return { ...row, confirmedRequests: row.confirmedRequests + 1 };
}

/**
 * A confirmation is kept only where it was of use: it lasts until all that it covers is removed, in as many passes as it
 * takes.
 */
export async function keepConfirmation(
  row: ConfirmationRow,
  planned: Planned,
  deps: ReconcileDeps,
): Promise<void> {
  const metadata = {
    room: row.roomId,
    revision: planned.inputs.revision,
    ...confirmedItems(row.items),
    via: "X-Confirm",
    planDigest: digestOf(planned),
  };
  const entry = { type: "command", action: "confirm", metadata } as const;
  await deps.rooms.update([row.roomId], async (rows): Promise<RoomUpdate<void>> => {
    const now = rows.get(row.roomId) ?? null;
    const counted: StoreChange[] = now === null ? [] : [{ kind: "room", row: withConfirmed(now) }];
    const record = auditRecord(planned, deps, entry);
    return { changes: [...counted, { kind: "confirmation", row }, record], result: undefined };
  });
  await deps.onPassPoint?.({ point: "confirmed", roomId: row.roomId });
}

/**
 * Each request is a confirmation of its own, even if it repeats the correlation id of another. One that names a plan, or is
 * about a posted spec, counts for those inputs alone: the next spec takes it along.
 */
function toRow(
  planned: Planned,
  items: ConfirmationRow["items"],
  deps: ReconcileDeps,
): ConfirmationRow {
  const { correlationId, actor, confirm } = planned.cause;
  const { digest, path } = planned.inputs;
  const isBound = confirm?.kind === "plan" || path === null || isPrune(planned.inputs);
  const confirmation = {
    origin: "request",
    originId: correlationId,
    actor,
    named: true,
    items,
    ...(isBound ? { inputs: digest } : {}),
  } as const;
  const time = {
    seenAtMs: deps.steady.nowMs(),
    expiresAfterMs: deps.options.confirmationExpiresMs,
  };
  return {
    ...toConfirmationRow(planned.row.roomId, confirmation, time),
    id: `request/${deps.newId()}`,
  };
}

/** The reason of a plan that is not the one its request confirmed. */
export const CONFIRMATION_OUTDATED = "ConfirmationOutdated";

/** Whether a pass was refused for its request's words alone: there is nothing to do in the room. */
export function isOutdatedAlone([first]: readonly EndedAttempt[]): boolean {
  if (first?.ending.outcome.kind !== "refused") return false;
  const { plan, refusals } = first.ending;
  const isIdle = plan?.actions.length === 0 && plan.removedPolicies.length === 0;
  return isIdle && refusals.every(({ reason }) => reason === CONFIRMATION_OUTDATED);
}

/** Refuses a plan that goes beyond what its request confirmed. It names the new list and the new digest. */
function confirmationOutdated(
  confirm: RequestConfirm,
  plan: Plan,
  now: { readonly digest: PlanDigest; readonly beyond: readonly Item[] },
): Refusal {
  const items = removalsOf(plan);
  const { digest } = now;
  const found =
    confirm.kind === "plan"
      ? `X-Confirm names the plan ${confirm.digest}, and the room's plan is another one: it removes ${countOf(items)}`
      : `The room's plan removes ${countOf(items)}; not shown when the request arrived: ${listed(now.beyond)}`;
  return {
    guardrail: "confirmation",
    reason: CONFIRMATION_OUTDATED,
    effect: "refusal",
    message: `${found}. Nothing was confirmed. To allow this plan, send the same request with X-Confirm: ${digest}`,
    items,
    confirmable: true,
  };
}

function countOf(items: readonly Item[]): string {
  const { length } = items;
  return length === 0 ? "nothing" : `${length} item${length === 1 ? "" : "s"} (${listed(items)})`;
}

/**
 * What a pass that converged leaves of the confirmations of its room: nothing, whoever took out what they cover. That is those
 * that were given when it began (`standing`) and the one of its own request. One that came in during the pass belongs to a room
 * that no read has seen yet, and what is enforced while the newest spec may not be speaks for none.
 */
export function convergedConfirmations(
  { inputs, isHead, ending }: EndedAttempt,
  standing: readonly ConfirmationRow[],
): readonly StoreChange[] {
  if (!isHead || ending.outcome.kind !== "converged") return [];
  const known = new Set(standing.map(({ id }) => id));
  const own = ending.confirmations.filter(
    ({ id, origin }) => origin === "request" && !known.has(id),
  );
  const left = ending.verified?.remaining ?? ending.plan;
  const waiting = (left?.blocked ?? []).map(({ item }) => item);
  return spendConverged([...standing, ...own], { inputs: inputs.digest, waiting });
}
