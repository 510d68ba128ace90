import { livingMarks } from "../../plan/living-marks.ts";
import { holdingMarks, type MarkTime } from "../../plan/not-observable.ts";
import { makePlan } from "../../plan/make-plan.ts";
import type { RoomState } from "../../plan/room-state.ts";
import type { NotObservableMark, Plan, PlanInput } from "../../plan/plan.ts";
import { onlyRemovals } from "../../plan/only-items.ts";
import { itemsOf } from "../../plan/spec-items.ts";
import { isPrune } from "../../room/prune.ts";
import { isLeft, withoutDrift } from "../../room/drift-rule.ts";
import {
  isHolding,
  unread,
  waitForSecondRead,
  withTrust,
  type Trust,
} from "../../room/judge-read.ts";
import {
  endingAt,
  isEnding,
  type Ending,
  type Planned,
  type ReconcileDeps,
  type Attempt,
} from "../pass.ts";
import { makeInversePlan } from "../undo/make-inverse-plan.ts";
import { deniedOutcome } from "../../room/denied-outcome.ts";
import { isRoomAllowed } from "../room-rules.ts";
import { needsFingerprint, readRoom } from "../read-room.ts";
import { untilShown, waitUntilShown } from "../until-shown.ts";

/**
 * PLANNING: what would have to change? A cached read may show that nothing does; a plan that is to be judged and carried
 * out always comes from a fresh one. An empty plan ends the pass, except the first one over new inputs.
 */
export async function planning(attempt: Attempt, deps: ReconcileDeps): Promise<Planned | Ending> {
  const cached = cachedState(attempt, deps);
  if (cached !== undefined) {
    const planned = await plan(attempt, { state: cached, trust: unread(attempt.row) }, deps);
    const isEnough = attempt.mode === "plan" || !deps.options.readBeforeApply;
    if (isEnough || isEnding(planned)) return planned;
  }
  const read = await readRoom({ ...attempt, wanted: itemsOf(attempt.desired) }, deps);
  if (read.kind === "failed") return endingAt("PLANNING", read.outcome);
  return plan({ ...attempt, row: withTrust(attempt.row, read.trust) }, read, deps);
}

/** The plan of an attempt against one read; VERIFY asks the same question again. */
export function planFor(attempt: Attempt, observed: RoomState, deps: ReconcileDeps): Plan {
  return planOf(attempt, planInput(attempt, observed, deps));
}

/** The plan without the drift that is left alone. */
export function planOf({ drift, inputs, row }: Attempt, input: PlanInput): Plan {
  const made = withoutDrift(makePlan(input), drift, input.observed);
  return isPrune(inputs) ? onlyRemovals(made, row.inventory) : made;
}

export function planInput(attempt: Attempt, observed: RoomState, deps: ReconcileDeps): PlanInput {
  return {
    desired: attempt.desired,
    observed,
    capabilities: deps.server.capabilities,
    driftIsLeft: isLeft(attempt.drift),
    notObservable: isLeft(attempt.drift)
      ? attempt.row.notObservable
      : holdingMarks(attempt.row.notObservable, markTime(attempt, deps)),
    dmVisibilityRemoved: attempt.dmVisibilityRemoved,
    resources: deps.options.resources,
  };
}

/** When one more try of what does not show is due. */
export function markTime({ cause }: Attempt, { steady, run }: ReconcileDeps): MarkTime {
  return { nowMs: steady.nowMs(), run, asked: cause.trigger === "apply" };
}

/** The marks of the room that are still true against this read. */
export function currentMarks(
  attempt: Attempt,
  observed: RoomState,
  deps: ReconcileDeps,
): readonly NotObservableMark[] {
  const { notObservable } = attempt.row;
  return livingMarks({ ...planInput(attempt, observed, deps), notObservable });
}

/**
 * The last read, for an interval pass over inputs that are not new and whose seeds that read could tell about. A revision that
 * brings back what is enforced already is new as well: an earlier read does not verify the room at it. It
 * is never the second read of a room that could not be believed.
 */
function cachedState(attempt: Attempt, deps: ReconcileDeps): RoomState | undefined {
  const { cause, row, inputs, mode, desired } = attempt;
  const { enforced } = row;
  const isKnown = enforced?.digest === inputs.digest && enforced.revision === inputs.revision;
  const isNew = mode === "apply" && !isKnown;
  if (cause.trigger !== "interval" || isNew || row.suspicion !== null) return undefined;
  const cached = deps.cache.get(row.roomId);
  const isComplete = !cached?.artifacts.some((artifact) => needsFingerprint(artifact, desired));
  return isComplete ? cached : undefined;
}

async function plan(
  attempt: Attempt,
  { state: observed, trust }: { readonly state: RoomState; readonly trust: Trust },
  deps: ReconcileDeps,
): Promise<Planned | Ending> {
  const made = planFor(attempt, observed, deps);
  if (!endsWithoutWork(attempt, deps) || !isIdle(made)) {
    const inverse = await makeInversePlan({ attempt, plan: made, observed }, deps);
    return { ...attempt, observed, trust, plan: made, inverse };
  }
  const notObservable = currentMarks(attempt, observed, deps);
  const outcome = isHolding(trust.suspicion)
    ? waitForSecondRead(trust)
    : (deniedOutcome(notObservable) ??
      waitUntilShown(untilShown(attempt, deps)) ??
      ({ kind: "converged" } as const));
  return endingAt("PLANNING", outcome, { plan: made, notObservable, trust });
}

/**
 * PRE_CHECKS has the word even if the room happens to match: over new inputs, whose specVersion may be refused for itself,
 * in a room that its source may not manage, and where a request confirms a plan.
 */
function endsWithoutWork(attempt: Attempt, deps: ReconcileDeps): boolean {
  const { mode, isHead, inputs, row, cause } = attempt;
  const isNew = isHead && row.verified?.digest !== inputs.digest;
  return mode === "apply" && !isNew && cause.confirm === null && isRoomAllowed(row, deps);
}

/** A policy that the spec stopped naming may take no write and still needs its confirmation. */
function isIdle({ actions, removedPolicies }: Plan): boolean {
  return actions.length === 0 && removedPolicies.length === 0;
}
