import { isRefusal, type Facts, type Objection, type Refusal } from "../../guardrail/guardrail.ts";
import { objectionsTo } from "../../guardrail/objections.ts";
import { coveredItems } from "../../room/confirmations.ts";
import type { Plan } from "../../plan/plan.ts";
import { capRemovals, withoutRemovals } from "../../plan/removals.ts";
import { writeLift } from "../accept-request.ts";
import { recordConfirmedHead } from "../confirmed-head-record.ts";
import type { Outcome } from "../../room/outcome.ts";
import { endingAt, type Ending, type Judged, type Planned, type ReconcileDeps } from "../pass.ts";
import type { ConfirmationRow } from "../../room/rows.ts";
import { contestedFact } from "../contest.ts";
import { deniedOutcome } from "../../room/denied-outcome.ts";
import { reportedText } from "../../room/drift-rule.ts";
import { heldOutcome } from "../../room/held-outcome.ts";
import { holdingMark } from "../../room/history-mark.ts";
import { isHolding, waitForSecondRead } from "../../room/judge-read.ts";
import { doubtAfter, undoubted } from "../../room/room-in-doubt.ts";
import {
  askedConfirmation,
  type AskedConfirmation,
  keepConfirmation,
  livingConfirmations,
} from "../pass-confirmations.ts";
import { isPrune, pendingPrune, removalText } from "../../room/prune.ts";
import { untilGone } from "../../room/prune-progress.ts";
import { removingOf, untilLagEnds } from "../../room/removing.ts";
import type { ReviewVerdict } from "../../room/review-law.ts";
import { closedGate } from "../../room/write-gate.ts";
import { isRoomAllowed, reviewOf, versionOf } from "../room-rules.ts";
import { untilShown, waitUntilShown } from "../until-shown.ts";
import { currentMarks } from "./planning.ts";
import type { VersionVerdict } from "../../room/version-law.ts";

/**
 * PRE_CHECKS: may this plan be carried out? Gathers the facts, asks every guardrail, and ends the pass at the first objection
 * that stops. Holds take their items out of the plan and the rest is applied.
 */
export async function preChecks(planned: Planned, deps: ReconcileDeps): Promise<Judged | Ending> {
  const living = await livingConfirmations(planned, deps);
  const asked = askedConfirmation(planned, living, deps);
  const confirmations = asked?.kind === "covers" ? [...living, ...asked.rows] : living;
  const version = await versionOf(planned, deps);
  const review = reviewOf(planned, deps);
  const facts = gatherFacts(planned, { confirmations, asked, version, review }, deps);
  const objections = objectionsTo(planned.plan, facts);
  const refusals = objections.filter(isRefusal);
  const warnings = [version, review].flatMap((one) =>
    one.kind === "warning" ? [one.warning] : [],
  );
  const { trust } = planned;
  const findings = { plan: planned.plan, refusals, warnings, confirmations, trust };

  if (planned.mode === "plan") return endingAt("PRE_CHECKS", { kind: "planned" }, findings);
  await recordConfirmedHead(planned, deps);
  const unconfirmed = { ...findings, confirmations: living };
  const mayLift = asked?.kind !== "outdated" && planned.lift !== null;
  if (mayLift && !(await writeLift({ cause: planned.cause, ...planned.lift }, deps)))
    return endingAt("PRE_CHECKS", { kind: "superseded" }, unconfirmed);
  const stop = objections.find(({ effect }) => effect !== "hold");
  if (stop !== undefined) return endingAt("PRE_CHECKS", stoppedBy(stop, refusals), unconfirmed);
  for (const row of asked?.rows ?? []) await keepConfirmation(row, planned, deps);
  const { plan, cut } = capped(withoutHeld(planned.plan, refusals), deps);
  if (plan.actions.length > 0) return { ...planned, plan, cut, refusals, warnings, confirmations };
  const notObservable = currentMarks(planned, planned.observed, deps);
  const time = { nowMs: deps.steady.nowMs(), toleranceMs: deps.options.staleToleranceMs };
  const waits = isHolding(trust.suspicion)
    ? waitForSecondRead(trust)
    : (heldOutcome(refusals) ??
      deniedOutcome(notObservable) ??
      (isPrune(planned.inputs) ? untilGone(planned, time) : undefined) ??
      waitUntilShown(untilShown(planned, deps)));
  if (waits !== undefined) return endingAt("PRE_CHECKS", waits, { ...findings, notObservable });
  return endingAt("PRE_CHECKS", { kind: "converged" }, { ...findings, plan, notObservable });
}

/** How a pass ends at an objection. The plan and everything that guardrails say of it are published either way. */
function stoppedBy(
  { effect, reason, message, confirmable, afterMs = 0 }: Objection,
  refusals: readonly Refusal[],
): Outcome {
  switch (effect) {
    case "refusal":
    case "hold":
      return { kind: "refused", refusals };
    case "observe":
      return { kind: "observed", reason, message, isConfirmable: confirmable };
    case "wait":
      return { kind: "waiting", reason, message, afterMs };
  }
}

function gatherFacts(
  planned: Planned,
  given: {
    readonly confirmations: readonly ConfirmationRow[];
    readonly asked: AskedConfirmation | null;
    readonly version: VersionVerdict;
    readonly review: ReviewVerdict;
  },
  deps: ReconcileDeps,
): Facts {
  const { row, cause, observed, trust, lift } = planned;
  const { confirmations, asked, version, review } = given;
  const nowMs = deps.steady.nowMs();
  const named = confirmations.filter((confirmation) => confirmation.named);
  return {
    limits: deps.options.limits,
    observedEntities: observed.entities.length,
    observedArtifacts: observed.artifacts.length,
    confirmed: coveredItems(confirmations, nowMs),
    confirmedByName: coveredItems(named, nowMs),
    rewritten: holdingMark(row, planned.inputs),
    unknownIntent: deps.whyIntentUnknown?.(row, planned.inputs) ?? null,
    verifiedBefore: row.verifiedBefore,
    inDoubt: doubtFact(row, trust),
    trigger: cause.trigger,
    ownership: row.owner === null && cause.posted === null ? UNOWNED : null,
    roomAllowed: isRoomAllowed(row, deps),
    suspicion: isHolding(trust.suspicion) ? trust.suspicion.message : null,
    version: version.kind === "refused" ? version.refusal : null,
    unreviewed: review.kind === "refused" ? review.refusal : null,
    outdated: asked?.kind === "outdated" ? asked.refusal : null,
    // A confirmed request opens its room before anything is sent.
    gate: closedGate(deps.gates, row, { confirmed: lift !== null }),
    reported: reportedText(planned.drift, { ...row, ...planned.inputs }, planned.plan),
    window: windowFact(planned, deps),
    contested: contestedFact(planned, nowMs),
    prune: pruneFact(planned, deps),
  };
}

function doubtFact(row: Planned["row"], trust: Planned["trust"]): Facts["inDoubt"] {
  const doubt = doubtAfter(row, trust);
  return doubt === null ? null : { message: doubt.message, ours: undoubted(doubt, row) };
}

/** The windows are about specs that are not accepted yet: what is enforced already stays so, and its drift is corrected. */
function windowFact({ row, inputs, isHead }: Planned, deps: ReconcileDeps): Facts["window"] {
  const open = [row.enforced?.digest, row.windowOverride?.digest];
  if (!isHead || open.includes(inputs.digest)) return null;
  const closed = deps.options.windows.closedFor(row, deps.clock.nowMs());
  if (closed === null || !isPrune(inputs)) return closed;
  const { nextAllowedAt } = closed;
  const next =
    nextAllowedAt === null
      ? ""
      : `; it may be carried out from ${nextAllowedAt} on (nextAllowedAt)`;
  return { message: `the prune waits, as ${closed.why}${next}`, nextAllowedAt };
}

/** What a prune is about; null: the pass does not prune. */
function pruneFact(
  { row, inputs }: Planned,
  { fileOf, claimOf, steady, options }: ReconcileDeps,
): Facts["prune"] {
  const mark = isPrune(inputs) ? pendingPrune(row) : null;
  if (mark === null) return null;
  const heldBy = fileOf?.(row.roomId, mark) ?? null;
  const claimedBy = claimOf?.(row.roomId, mark) ?? null;
  const waitMs = untilLagEnds(row, {
    nowMs: steady.nowMs(),
    toleranceMs: options.staleToleranceMs,
  });
  const removing = { items: removingOf(row), waitMs };
  return { removal: removalText(mark), heldBy, claimedBy, removing };
}

const UNOWNED = {
  reason: "Orphaned",
  message: "no spec names this room any more; add its spec file again to manage it",
} as const;

function withoutHeld(plan: Plan, refusals: readonly Refusal[]): Plan {
  const held = refusals
    .filter((refusal) => refusal.effect === "hold")
    .flatMap((refusal) => refusal.items);
  return held.length === 0 ? plan : withoutRemovals(plan, held);
}

/** Over a limit, a plan gets here only when its removals are confirmed and may go in batches. */
function capped(plan: Plan, deps: ReconcileDeps): { plan: Plan; cut: boolean } {
  const { maxEntitiesKickPerCycle, maxArtifactsDeletePerCycle } = deps.options.limits;
  return capRemovals(plan, {
    maxKicks: maxEntitiesKickPerCycle,
    maxDeletes: maxArtifactsDeletePerCycle,
  });
}
