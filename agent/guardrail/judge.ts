import type { Plan } from "../plan/plan.ts";
import { withoutRemovals } from "../plan/removals.ts";
import { adoption } from "./adoption.ts";
import { allowedRooms } from "./allowed-rooms.ts";
import { changeThreshold } from "./change-threshold.ts";
import { criticalPolicy } from "./critical-policy.ts";
import { deleteLimit } from "./delete-limit.ts";
import type { Facts, Guardrail, Refusal } from "./guardrail.ts";
import { historyRewritten } from "./history-rewritten.ts";
import { kickLimit } from "./kick-limit.ts";
import { ownership } from "./ownership.ts";
import { suspiciousRead } from "./suspicious-read.ts";

/** Every rule a plan must pass, in the order they are asked in: those that hold come first. */
export const GUARDRAILS: readonly Guardrail[] = [
  suspiciousRead,
  historyRewritten,
  ownership,
  allowedRooms,
  adoption,
  kickLimit,
  deleteLimit,
  changeThreshold,
  criticalPolicy,
];

/**
 * All refusals, not the first: a person sees at once everything that stands in the way. None: the plan may go on. What is
 * held is not done, so the rules asked later judge the plan without it; holds are reported last, as they stop nothing else.
 */
export function judge(
  plan: Plan,
  facts: Facts,
  guardrails: readonly Guardrail[] = GUARDRAILS,
): readonly Refusal[] {
  const [refusals, holds]: [Refusal[], Refusal[]] = [[], []];
  let rest = plan;
  for (const guardrail of guardrails) {
    const refusal = guardrail.judge(rest, facts);
    if (refusal === undefined) continue;
    if (refusal.effect === "hold") rest = withoutRemovals(rest, refusal.items);
    (refusal.effect === "hold" ? holds : refusals).push(refusal);
  }
  return [...refusals, ...holds];
}
