import { spendConverged } from "../room/confirmations.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";
import type { EndedAttempt } from "./ended-pass.ts";

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
  return spendConverged([...standing, ...own], { inputs: inputs.digest, waiting }).map(
    ({ id, items }) => ({ kind: "confirmationUsed", id, items }),
  );
}
