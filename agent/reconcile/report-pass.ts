import type { ActionResultLabel } from "../telemetry/labels.ts";
import type { ReconcileMetrics } from "../telemetry/reconcile-metrics.ts";
import { driftedActions } from "../room/drift-rule.ts";
import type { ActionReport } from "./sending/perform-action.ts";
import { isShown } from "./drift.ts";
import type { EndedPass, EndedAttempt } from "./ended-pass.ts";
import { endOf } from "../room/ends.ts";
import type { Outcome } from "../room/outcome.ts";

/** Counts a pass that ended. `nowMs`: wall time, ms since 1970. */
export function reportPass(
  metrics: ReconcileMetrics,
  pass: EndedPass & { readonly outcome: Outcome },
  nowMs: number,
): void {
  const { outcome, durationMs, attempts } = pass;
  const { word, counts } = endOf(outcome);
  metrics.reconcileEnded({ outcome: word, result: counts, durationMs });
  for (const attempt of attempts) {
    const undo = attempt.ending.rollback?.undo ?? [];
    for (const report of [...attempt.ending.reports, ...undo]) reportAction(metrics, report);
    reportSuspicions(metrics, attempt);
    for (const refusal of attempt.ending.refusals) metrics.guardrailRefused(refusal.guardrail);
    reportDrift(metrics, pass, attempt);
    reportVerified(metrics, { pass, attempt, nowMs });
  }
}

function reportSuspicions(metrics: ReconcileMetrics, { ending }: EndedAttempt): void {
  const { outcome, trust } = ending;
  if (outcome.kind === "failed" && outcome.reason === "SuspiciousRead")
    // Another room's name comes with an answer of success.
    metrics.readSuspected(outcome.status === 404 ? "hashMissing" : "otherRoom");
  for (const change of trust?.news ?? []) {
    if (change.kind === "suspected") metrics.readSuspected(change.suspicion.kind);
  }
}

function reportAction(
  metrics: ReconcileMetrics,
  { action, result, durationMs }: ActionReport,
): void {
  const label = actionLabel(result.kind);
  if (label !== null) metrics.actionEnded({ kind: action.kind, result: label, durationMs });
}

function actionLabel(kind: ActionReport["result"]["kind"]): ActionResultLabel | null {
  switch (kind) {
    case "done":
    case "already":
    case "failed":
      return kind;
    case "notDone":
    case "unauthorized":
      return "failed";
    case "unclear":
      return "unknown";
    case "notSent":
      return null;
  }
}

/** The spec is the one that was verified, and still there is something to do. A dry run leaves no trace: its drift is counted by the next pass. */
function reportDrift(metrics: ReconcileMetrics, pass: EndedPass, attempt: EndedAttempt): void {
  const { row, cause } = pass;
  if (cause.dryRun || row.verified?.digest !== attempt.inputs.digest) return;
  const { plan } = attempt.ending;
  if (plan === null) return;
  for (const action of driftedActions(row, plan))
    if (!isShown(row, attempt.inputs, action)) metrics.driftFound(action.kind);
}

/** From the commit to the first time its room was verified at it; unknown for what a first sync found. */
function reportVerified(
  metrics: ReconcileMetrics,
  given: { readonly pass: EndedPass; readonly attempt: EndedAttempt; readonly nowMs: number },
): void {
  const { inputs, ending } = given.attempt;
  const isFirstTime = given.pass.row.verified?.digest !== inputs.digest;
  if (ending.outcome.kind !== "converged" || !isFirstTime || inputs.committedAt === null) return;
  metrics.commitVerified(Math.max(0, given.nowMs - Date.parse(inputs.committedAt)));
}
