import type { ShownItems } from "../plan/shown-items.ts";
import type { Item } from "../plan/item.ts";
import type { CorrectedOften } from "../room/contest-law.ts";
import type { DriftRule } from "../room/drift-rule.ts";
import type { RoomInputs, Room } from "../room/room.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";
import { endOf } from "../room/ends.ts";
import type { PassReport } from "../room/outcome.ts";
import type { Ending, PassCause } from "./pass.ts";
import type { Reason } from "../status/reasons.ts";
import { toDiffLists } from "../plan/diff-lists.ts";
import type { Action, Plan } from "../plan/plan.ts";
import { planDigest, type PlanDigest } from "../plan/plan-digest.ts";
import { removalsOf } from "../plan/removals.ts";

/** One attempt of a pass and how it ended. */
export interface EndedAttempt {
  readonly inputs: RoomInputs;
  readonly isHead: boolean;
  /** False also where the pass did not come as far as its spec. */
  readonly namesDmVisibility: boolean;
  /** Absent where the pass did not come as far as its spec. */
  readonly drift?: DriftRule;
  readonly ending: Ending;
}

/** What a pass did, before it is summarized. */
export interface EndedPass {
  readonly row: Room;
  readonly cause: PassCause;
  /** Why head's spec may not be used; null when it may. */
  readonly problem: { readonly reason: Reason; readonly message: string } | null;
  /** In the order they ran; at most two. */
  readonly attempts: readonly EndedAttempt[];
  readonly durationMs: number;
  /** Requests that have confirmed something in the room by now; absent: as many as `row` says. */
  readonly confirmed?: number;
  /** The confirmations of the room that were given before the pass began; absent: none. */
  readonly standing?: readonly ConfirmationRow[];
  /** See `Correcting`; absent: nothing was corrected. */
  readonly corrected?: readonly CorrectedOften[];
}

/** When the next pass over the room comes. */
export type Requeue =
  | { readonly kind: "interval" }
  | { readonly kind: "now" }
  /** `isFirst`: the RoomServer answered, so failures before do not lengthen the wait. Absent: false. */
  | { readonly kind: "backoff"; readonly atLeastMs: number; readonly isFirst?: boolean }
  | { readonly kind: "never" };

/** Foreign changes to a room that was verified, and whether they were corrected. */
export interface Drift extends ShownItems {
  /** The revision that the room is kept at. */
  readonly enforcedRevision: string;
  /** True once every change is taken out again; false: a try failed, the read-back denies it, or the pass may not change the room. */
  readonly corrected: boolean;
}

/** Whether a contest over a room began or ended; null: neither. */
export type ContestNews = "began" | "ended" | null;

export interface Summary {
  readonly row: Room;
  /** Whether the row differs from the one the pass began with. */
  readonly changed: boolean;
  /** What is to be written with it. */
  readonly changes: readonly StoreChange[];
  readonly report: PassReport;
  readonly requeue: Requeue;
  /** The drift; null: none, or none that was not reported before. */
  readonly drift: Drift | null;
  readonly contest: ContestNews;
}

/** Only passes that reached VERIFY count towards being stalled, and of those not the ends that wait for something else. */
export function countsAsCycle({ attempts }: Pick<EndedPass, "attempts">): boolean {
  return attempts.some(({ ending }) => ending.verified !== null && endOf(ending.outcome).isCycle);
}

/**
 * What people are shown of the newest plan that has not been carried out. `confirmed`: requests that have confirmed something in
 * the room by now.
 */
export function pendingOf(
  attempts: readonly EndedAttempt[],
  confirmed: number,
): Pick<Room, "pendingDiff" | "pendingPlan"> {
  for (const attempt of attempts) {
    const plan = leftOf(attempt);
    if (plan === null) continue;
    const digest = planDigest(plan, attempt.inputs.digest, confirmed);
    const removals = [...new Set([...removalsOf(plan), ...restored(attempts, plan)])];
    const pendingPlan = { digest, inputs: attempt.inputs.digest, removals };
    return { pendingDiff: toDiffLists(plan), pendingPlan };
  }
  return { pendingDiff: null, pendingPlan: null };
}

/** The name of the plan that a pass made for its newest inputs, as the room was then; null when it made none. */
export function planDigestOf(
  { inputs, ending }: EndedAttempt,
  { confirmedRequests }: Pick<Room, "confirmedRequests">,
): PlanDigest | null {
  return ending.plan === null ? null : planDigest(ending.plan, inputs.digest, confirmedRequests);
}

/**
 * What the older spec, which is enforced while the newest is refused, has just put back and the newest does not name: the
 * newest would remove it again.
 */
function restored([head, enforced]: readonly EndedAttempt[], plan: Plan): readonly Item[] {
  if (head === undefined || enforced === undefined) return [];
  const planned = new Set(plan.actions.map(({ item }) => item));
  return enforced.ending.reports
    .filter(
      ({ action, result }) =>
        isAddition(action) && result.kind === "done" && !planned.has(action.item),
    )
    .map(({ action }) => action.item);
}

function isAddition(action: Action): boolean {
  return action.kind === "join" || (action.kind === "seed" && action.previous === undefined);
}

function leftOf({ ending }: EndedAttempt): Plan | null {
  if (ending.outcome.kind === "converged") return null;
  const left = ending.rollback === null ? ending.verified?.pending : undefined;
  const plan = left ?? ending.plan;
  if (plan === null) return null;
  return plan.actions.length > 0 || plan.removedPolicies.length > 0 ? plan : null;
}
