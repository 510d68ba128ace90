import type { Facts, Refusal } from "../../guardrail/guardrail.ts";
import { judge } from "../../guardrail/judge.ts";
import { coveredItems } from "../../room/confirmations.ts";
import type { Plan } from "../../plan/plan.ts";
import { capRemovals, withoutRemovals } from "../../plan/removals.ts";
import { writeLift } from "../accept-request.ts";
import type { Outcome } from "../../room/outcome.ts";
import { endingAt, type Ending, type Judged, type Planned, type ReconcileDeps } from "../pass.ts";
import type { ConfirmationRow } from "../../room/rows.ts";
import { contestedOutcome } from "../contest.ts";
import { deniedOutcome } from "../../room/denied-outcome.ts";
import { heldOutcome } from "../../room/held-outcome.ts";
import { holdingMark } from "../../room/history-mark.ts";
import { isHolding, waitForSecondRead } from "../../room/judge-read.ts";
import {
  askedConfirmation,
  keepConfirmation,
  livingConfirmations,
} from "../request-confirmation.ts";
import { isRoomAllowed } from "../room-allowed.ts";
import { currentMarks } from "./planning.ts";
import type { VersionVerdict } from "../../room/version-law.ts";
import { versionVerdict } from "../version-verdict.ts";

/**
 * PRE_CHECKS: may this plan be carried out? Gathers the facts, lets every guardrail speak, and ends the pass when one
 * refuses. Holds take their items out of the plan and let the rest go on.
 */
export async function preChecks(planned: Planned, deps: ReconcileDeps): Promise<Judged | Ending> {
  const living = await livingConfirmations(planned, deps);
  const asked = askedConfirmation(planned, living, deps);
  const confirmations = asked?.kind === "covers" ? [...living, ...asked.rows] : living;
  const judged = await judgePlan(planned, confirmations, deps);
  const isOutdated = asked?.kind === "outdated";
  const refusals = isOutdated ? [asked.refusal, ...judged.refusals] : judged.refusals;
  const { warnings } = judged;
  const { trust } = planned;
  const known = { plan: planned.plan, refusals, warnings, confirmations, trust };

  if (planned.mode === "plan") return endingAt("PRE_CHECKS", { kind: "planned" }, known);
  const unconfirmed = { ...known, confirmations: living };
  if (isOutdated) return endingAt("PRE_CHECKS", { kind: "refused", refusals }, unconfirmed);
  if (planned.lift !== null && !(await writeLift({ cause: planned.cause, ...planned.lift }, deps)))
    return endingAt("PRE_CHECKS", { kind: "superseded" }, unconfirmed);
  const held = planned.plan.actions.length === 0 ? null : deps.hold.why(planned.row.roomId);
  if (held !== null) return endingAt("PRE_CHECKS", observeOnly(held), unconfirmed);
  if (refusals.some((refusal) => refusal.effect === "refusal"))
    return endingAt("PRE_CHECKS", { kind: "refused", refusals }, unconfirmed);
  const contested = contestedOutcome(planned, deps);
  if (contested !== undefined) return endingAt("PRE_CHECKS", contested, unconfirmed);
  for (const row of asked?.rows ?? []) await keepConfirmation(row, planned, deps);
  const { plan, cut } = capped(withHolds(planned.plan, refusals), deps);
  if (plan.actions.length === 0) {
    const notObservable = currentMarks(planned, planned.observed, deps);
    const held = isHolding(trust.suspicion)
      ? waitForSecondRead(trust)
      : (heldOutcome(refusals) ?? deniedOutcome(notObservable));
    if (held !== undefined) return endingAt("PRE_CHECKS", held, { ...known, notObservable });
    return endingAt("PRE_CHECKS", { kind: "converged" }, { ...known, plan, notObservable });
  }
  return { ...planned, plan, cut, refusals, warnings, confirmations };
}

/** What the guardrails and the version law say of the plan under these confirmations. */
async function judgePlan(
  planned: Planned,
  confirmations: readonly ConfirmationRow[],
  deps: ReconcileDeps,
): Promise<Pick<Judged, "refusals" | "warnings">> {
  const version = await versionOf(planned, deps);
  const refusals = judge(planned.plan, gatherFacts(planned, confirmations, deps));
  return {
    refusals: version.kind === "refused" ? [version.refusal, ...refusals] : refusals,
    warnings: version.kind === "warning" ? [version.warning] : [],
  };
}

/** The plan and all that guardrails say of it are published; nobody is at fault, and only a person ends it. */
function observeOnly(message: string): Outcome {
  return { kind: "observed", reason: "ObserveOnly", message };
}

function gatherFacts(
  planned: Planned,
  confirmations: readonly ConfirmationRow[],
  deps: ReconcileDeps,
): Facts {
  const { row, cause, observed, trust } = planned;
  const owner = row.owner;
  const nowMs = deps.steady.nowMs();
  const named = confirmations.filter((confirmation) => confirmation.named);
  return {
    limits: deps.options.limits,
    observedEntities: observed.entities.length,
    observedArtifacts: observed.artifacts.length,
    confirmed: coveredItems(confirmations, nowMs),
    confirmedByName: coveredItems(named, nowMs),
    rewritten: holdingMark(row, planned.inputs),
    verifiedBefore: row.verifiedBefore,
    trigger: cause.trigger,
    ownership: owner === null && cause.posted === null ? UNOWNED : null,
    roomAllowed: isRoomAllowed(row, deps),
    suspicion: isHolding(trust.suspicion) ? trust.suspicion.message : null,
  };
}

const UNOWNED = {
  reason: "Orphaned",
  message: "no spec names this room any more; add its spec file again to manage it",
};

async function versionOf(planned: Planned, deps: ReconcileDeps): Promise<VersionVerdict> {
  if (!planned.isHead) return { kind: "ok" };
  return versionVerdict(planned.inputs, planned.row, deps);
}

function withHolds(plan: Plan, refusals: readonly Refusal[]): Plan {
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
