import type { PlanConfig } from "../config/config.ts";
import type { CommitState, CommitStatus } from "../forge/forge.ts";
import { statusDescription } from "../forge/status-description.ts";
import { countsOf, summaryOf } from "./plan-text.ts";
import type { Review } from "./review.ts";

export type PlanState = Exclude<CommitState, "pending">;

/** What every status of the agent at a pull request's head is called by. */
export interface StatusPlace {
  readonly context: string;
  readonly targetUrl: string | null;
}

/** `room-operator/plan`; with the source's name where several sources follow the branch, so that none writes over another's. */
export function planContext(source: string, isAlone: boolean): string {
  return isAlone ? "room-operator/plan" : `room-operator/plan/${source}`;
}

/** What the head of a pull request is marked with once it was planned. */
export function planStatus(
  review: Review,
  config: Pick<PlanConfig, "failOnRefusal">,
  place: StatusPlace,
): CommitStatus {
  const description = statusDescription(summaryOf(review));
  return { ...place, state: planState(review, config), description };
}

/** While it is planned for the first time. */
export function pendingStatus(place: StatusPlace): CommitStatus {
  return { ...place, state: "pending", description: "planning" };
}

/** `error`: it may be another one when it is planned again. */
export function planState(
  review: Review,
  { failOnRefusal }: Pick<PlanConfig, "failOnRefusal">,
): PlanState {
  const { invalid, rejected, failed, refusedRooms } = countsOf(review);
  const lasting = review.problems.some(({ isPassing }) => !isPassing);
  if (invalid > 0 || rejected > 0 || lasting) return "failure";
  if (failOnRefusal && refusedRooms > 0) return "failure";
  return failed > 0 || review.problems.length > 0 ? "error" : "success";
}
