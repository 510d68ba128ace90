import { upperFirst } from "../kernel/joined.ts";
import type { Refusal } from "../guardrail/guardrail.ts";
import type { PlanDigest } from "../plan/plan-digest.ts";
import { isPrune } from "./prune.ts";
import type { ReviewedPlan } from "./reviewed-plan.ts";
import type { Room, RoomInputs } from "./room.ts";

/** What a source says of plans: null where it shows none in pull requests. */
export type ReviewRule = { readonly isRequired: boolean } | null;

export type ReviewVerdict =
  | { readonly kind: "ok" }
  | { readonly kind: "warning"; readonly warning: Room["warnings"][number] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Judges the first plan of a room's newest inputs against the one that was shown before the merge. One that is another is reported,
 * and where a reviewed plan is required it is refused until a person names the room. Inputs that were accepted before are not judged.
 * `plan` is asked for its name only when that is compared.
 */
export function judgeReview(
  row: Room,
  { inputs, plan }: { readonly inputs: RoomInputs; readonly plan: () => PlanDigest },
  rule: ReviewRule,
): ReviewVerdict {
  if (rule === null || !isToReview(row, inputs)) return { kind: "ok" };
  const shown = reviewedFor(row, inputs);
  if (shown?.plan === plan()) return { kind: "ok" };
  const isShown = shown !== null && shown.plan !== null;
  const reason = isShown ? "PlanChanged" : "PlanNotReviewed";
  const message = isShown
    ? `the plan differs from the one that pull request #${shown.pullRequest} showed: the room or the branch changed since`
    : shown === null
      ? "no pull request showed a plan of this change"
      : `pull request #${shown.pullRequest} showed no plan of this room`;
  if (rule.isRequired) return { kind: "refused", refusal: refusal(reason, message) };
  return isShown ? { kind: "warning", warning: { reason, message } } : { kind: "ok" };
}

/** Whether inputs are a file's, the room's newest, and not accepted by guardrails or a person yet. */
export function isToReview(row: Room, inputs: RoomInputs): boolean {
  const accepted = [row.enforced?.digest, row.planConfirmed];
  if (inputs.path === null || isPrune(inputs)) return false;
  return row.head?.digest === inputs.digest && !accepted.includes(inputs.digest);
}

function reviewedFor({ reviewed = null }: Room, { digest }: RoomInputs): ReviewedPlan | null {
  return reviewed?.inputs === digest ? reviewed : null;
}

function refusal(reason: "PlanChanged" | "PlanNotReviewed", message: string): Refusal {
  return {
    guardrail: "reviewed-plan",
    reason,
    effect: "refusal",
    message: `${upperFirst(message)}, and Plan.RequireReviewedPlan is on. Read the plan in pendingDiff, and confirm it`,
    items: [],
    confirmable: true,
  };
}
