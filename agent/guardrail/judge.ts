import type { Plan } from "../plan/plan.ts";
import { adoption } from "./adoption.ts";
import { allowedRooms } from "./allowed-rooms.ts";
import { changeThreshold } from "./change-threshold.ts";
import { criticalPolicy } from "./critical-policy.ts";
import { deleteLimit } from "./delete-limit.ts";
import type { Facts, Guardrail, Refusal } from "./guardrail.ts";
import { kickLimit } from "./kick-limit.ts";
import { ownership } from "./ownership.ts";

/** Every rule a plan must pass, in the order refusals are reported in. */
export const GUARDRAILS: readonly Guardrail[] = [
  ownership,
  allowedRooms,
  adoption,
  kickLimit,
  deleteLimit,
  changeThreshold,
  criticalPolicy,
];

/** All refusals, not the first: a person sees at once everything that stands in the way. None: the plan may go on. */
export function judge(
  plan: Plan,
  facts: Facts,
  guardrails: readonly Guardrail[] = GUARDRAILS,
): readonly Refusal[] {
  return guardrails.flatMap((guardrail) => guardrail.judge(plan, facts) ?? []);
}
