import type { RoomState } from "../../plan/room-state.ts";
import type { ActionReport } from "../sending/action-report.ts";
import { endedIntents } from "../sending/ended-intents.ts";
import type { Ending, ReconcileOptions, Attempt, Verified } from "../pass.ts";
import { isHolding } from "../../room/judge-read.ts";
import { settleAction } from "../sending/settle-action.ts";
import type { Reason } from "../../status/reasons.ts";

/** Statuses by which the RoomServer says that it will never do it, where they are not success. */
const TERMINAL: ReadonlySet<number> = new Set([400, 403, 404, 409, 413, 422]);

/** Outcomes of VERIFY that mean refused changes; another one has its own cause, which a rollback would not correct. */
const REFUSED_REASONS: ReadonlySet<Reason> = new Set(["ActionsFailed", "NotConverged", "Refused"]);

/**
 * Whether a pass may be undone at all: only an attempt at new inputs can be. What is enforced while those may not be, and
 * drift from inputs that were verified, have nothing better to go back to.
 */
export function mayRollBack(
  { mode, isHead, inputs, row }: Pick<Attempt, "mode" | "isHead" | "inputs" | "row">,
  options: Pick<ReconcileOptions, "rollback">,
): boolean {
  const isNew = row.verified?.digest !== inputs.digest;
  return options.rollback.mode === "on-critical" && mode === "apply" && isHead && isNew;
}

/**
 * Whether a pass that was read back is to be undone: something was done, and of the actions that the RoomServer answered
 * more than `FailureRatio` were refused for good. What it did not answer (429, 5xx, timeouts), an expired token, shutdown, a
 * newer revision and a read that is not believed never lead to it.
 */
export function callsForRollback(
  { verified, outcome, trust }: Ending,
  options: Pick<ReconcileOptions, "rollback">,
): boolean {
  if (verified === null || verified.stoppedBy !== null) return false;
  if (trust !== null && isHolding(trust.suspicion)) return false;
  if (!("reason" in outcome) || !REFUSED_REASONS.has(outcome.reason)) return false;
  if (!mayRollBack(verified, options) || !someTookEffect(verified)) return false;
  const { refused, answered } = countAnswers(verified.reports, verified.observedAfter);
  return refused > answered * options.rollback.failureRatio;
}

/** Of the actions that were answered, how many were refused for good. 409 on join is neither unless the read agrees. */
export function countAnswers(
  reports: readonly ActionReport[],
  observed: RoomState,
): { readonly answered: number; readonly refused: number } {
  let [answered, refused] = [0, 0];
  for (const { action, result } of reports) {
    if (result.kind === "done") answered += 1;
    if (result.kind === "already") {
      answered += 1;
      if (settleAction(action, observed) === "notDone") refused += 1;
    }
    if (result.kind === "failed" && result.status !== null && TERMINAL.has(result.status)) {
      answered += 1;
      refused += 1;
    }
  }
  return { answered, refused };
}

function someTookEffect({ reports, observedAfter: observed }: Verified): boolean {
  const done = new Set(
    reports.filter(({ result }) => result.kind !== "already").map(({ id }) => id),
  );
  return endedIntents({ reports, observed, phase: "APPLY" }).some(
    ({ id, state }) => state === "done" && done.has(id),
  );
}
