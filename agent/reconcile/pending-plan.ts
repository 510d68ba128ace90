import { toDiffLists } from "../plan/diff-lists.ts";
import type { Plan } from "../plan/plan.ts";
import { planDigest, type PlanDigest } from "../plan/plan-digest.ts";
import { removalsOf } from "../plan/removals.ts";
import type { RoomRow } from "../store/rows.ts";
import type { EndedTrack } from "./concluding.ts";

/** What people are shown of the newest plan that has not been carried out. */
export function pendingOf(
  tracks: readonly EndedTrack[],
): Pick<RoomRow, "pendingDiff" | "pendingPlan"> {
  for (const track of tracks) {
    const plan = leftOf(track);
    if (plan === null) continue;
    const digest = planDigest(plan, track.inputs.digest);
    const pendingPlan = { digest, inputs: track.inputs.digest, removals: removalsOf(plan) };
    return { pendingDiff: toDiffLists(plan), pendingPlan };
  }
  return { pendingDiff: null, pendingPlan: null };
}

/** The plan that a pass made for its newest inputs; null when it made none. */
export function planDigestOf({ inputs, ending }: EndedTrack): PlanDigest | null {
  return ending.plan === null ? null : planDigest(ending.plan, inputs.digest);
}

function leftOf({ ending }: EndedTrack): Plan | null {
  if (ending.outcome.kind === "converged") return null;
  const left = ending.rollback === null ? ending.verified?.pending : undefined;
  const plan = left ?? ending.plan;
  if (plan === null) return null;
  return plan.actions.length > 0 || plan.removedPolicies.length > 0 ? plan : null;
}
