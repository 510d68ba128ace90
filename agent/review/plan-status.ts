import type { PlanConfig } from "../config/config.ts";
import type { CommitState, CommitStatus } from "../forge/forge.ts";
import { countsOf, summaryOf } from "./plan-text.ts";
import type { Review } from "./review.ts";

export const PLAN_CONTEXT = "room-operator/plan";

/** What the head of a pull request is marked with once it was planned. */
export function planStatus(
  review: Review,
  { failOnRefusal }: Pick<PlanConfig, "failOnRefusal">,
  targetUrl: string | null,
): CommitStatus {
  return {
    context: PLAN_CONTEXT,
    state: stateOf(review, failOnRefusal),
    description: summaryOf(review),
    targetUrl,
  };
}

/** While it is planned for the first time. */
export function pendingStatus(targetUrl: string | null): CommitStatus {
  return { context: PLAN_CONTEXT, state: "pending", description: "planning", targetUrl };
}

function stateOf(review: Review, failOnRefusal: boolean): CommitState {
  const { invalid, rejected, failed, refusedRooms } = countsOf(review);
  const lasting = review.problems.some(({ isPassing }) => !isPassing);
  if (invalid > 0 || rejected > 0 || lasting) return "failure";
  if (failOnRefusal && refusedRooms > 0) return "failure";
  return failed > 0 || review.problems.length > 0 ? "error" : "success";
}
