import type { Plan } from "../plan/plan.ts";
import { withoutRemovals } from "../plan/removals.ts";
import { adoption } from "./adoption.ts";
import { allowedRooms } from "./allowed-rooms.ts";
import { changeThreshold } from "./change-threshold.ts";
import { contested } from "./contested.ts";
import { criticalPolicy } from "./critical-policy.ts";
import { driftPolicy } from "./drift-policy.ts";
import type { Facts, Guardrail, Objection } from "./guardrail.ts";
import { historyRewritten } from "./history-rewritten.ts";
import { intentUnknown } from "./intent-unknown.ts";
import { ownership } from "./ownership.ts";
import { prune } from "./prune.ts";
import { deleteLimit, kickLimit } from "./removal-limit.ts";
import { suspiciousRead } from "./suspicious-read.ts";
import { syncWindow } from "./sync-window.ts";
import { writeGate } from "./write-gate.ts";

/** A request that confirms a plan is not carried out for another one. */
const outdatedConfirmation: Guardrail = {
  name: "confirmation",
  judge: (_plan, { outdated }) => outdated ?? undefined,
};

/** `metadata.version` goes down in a revert alone; the reasons are those of the version law. */
const specVersion: Guardrail = {
  name: "version",
  judge: (_plan, { version }) => version ?? undefined,
};

/** What was merged does what its pull request showed; the reasons are those of the law of reviews. */
const reviewedPlan: Guardrail = {
  name: "reviewed-plan",
  judge: (_plan, { unreviewed }) => unreviewed ?? undefined,
};

/**
 * Every rule a plan must pass, in the order they are asked in. The first that stops the plan decides how the pass ends; rules
 * after one that holds judge the plan without what is held.
 */
export const GUARDRAILS: readonly Guardrail[] = [
  outdatedConfirmation,
  writeGate,
  suspiciousRead,
  historyRewritten,
  intentUnknown,
  specVersion,
  reviewedPlan,
  ownership,
  allowedRooms,
  driftPolicy,
  prune,
  adoption,
  kickLimit,
  deleteLimit,
  changeThreshold,
  criticalPolicy,
  syncWindow,
  contested,
];

/**
 * All objections, not the first: a person sees at once every obstacle. None: the plan may be applied. What is
 * held, only reported, or waits, is not done, so the rules asked later judge the plan without it; holds are reported last, as they stop
 * nothing else.
 */
export function objectionsTo(
  plan: Plan,
  facts: Facts,
  guardrails: readonly Guardrail[] = GUARDRAILS,
): readonly Objection[] {
  const [stops, holds]: [Objection[], Objection[]] = [[], []];
  let rest = plan;
  for (const guardrail of guardrails) {
    const objection = guardrail.judge(rest, facts);
    if (objection === undefined) continue;
    if (objection.effect !== "refusal") rest = withoutRemovals(rest, objection.items);
    (objection.effect === "hold" ? holds : stops).push(objection);
  }
  return [...stops, ...holds];
}
