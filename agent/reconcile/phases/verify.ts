import {
  countedMarks,
  holdingMarks,
  markKey,
  toNotObservableMarks,
} from "../../plan/not-observable.ts";
import type { NotObservableMark, Plan } from "../../plan/plan.ts";
import type { RoomState } from "../../plan/room-state.ts";
import { withoutRemovals } from "../../plan/removals.ts";
import type { ActionReport } from "../sending/perform-action.ts";
import { isHolding, mergeTrust, withTrust } from "../../room/judge-read.ts";
import { isPrune } from "../../room/prune.ts";
import { untilGone } from "../../room/prune-progress.ts";
import { removedBy } from "../sending/removed-by.ts";
import { keptItems } from "../contest.ts";
import type { Outcome } from "../../room/outcome.ts";
import { endingAt, type Applied, type Ending, type ReconcileDeps, type Verified } from "../pass.ts";
import { readRoom } from "../read-room.ts";
import { untilShown } from "../until-shown.ts";
import { verdict } from "../verdict.ts";
import { currentMarks, markTime, planFor, planInput, planOf } from "./planning.ts";

/**
 * VERIFY: reads the room back and asks the planner what is left. A write that succeeded and still reads differently is
 * counted; after some of them its item is `NotObservable` instead of being written again and again (L8).
 */
export async function verify(applied: Applied, deps: ReconcileDeps): Promise<Ending> {
  const findings = {
    plan: applied.plan,
    refusals: applied.refusals,
    warnings: applied.warnings,
    reports: applied.reports,
    confirmations: applied.confirmations,
    trust: applied.trust,
  };
  if (applied.stoppedBy === "shutdown") {
    const message = "the agent is stopping; the next start continues from a fresh read";
    return endingAt("APPLY", { kind: "stopping", reason: "ShuttingDown", message }, findings);
  }
  const read = await readRoom({ ...applied, removed: removedBy(applied.reports) }, deps);
  if (read.kind === "failed") return endingAt("VERIFY", read.outcome, findings);
  const trust = mergeTrust(applied.trust, read.trust);
  const verified = compare({ ...applied, trust }, read.state, deps);
  const outcome = whilePruning(verified, deps) ?? unlessLagging(verdict(verified), verified, deps);
  // What a read that is not believed shows settles nothing: the next pass does, before it writes anything.
  if (trust.isOdd && isHolding(trust.suspicion))
    return endingAt("VERIFY", outcome, { ...findings, trust });
  const { notObservable } = verified;
  return endingAt("VERIFY", outcome, { ...findings, trust, verified, notObservable });
}

/** A read that may be older than an earlier removal shows no room to be as its spec says. */
function unlessLagging(outcome: Outcome, verified: Verified, deps: ReconcileDeps): Outcome {
  if (outcome.kind !== "converged") return outcome;
  const lag = untilShown(verified, deps);
  return lag === null ? outcome : { kind: "partial", reason: "NotConverged", message: lag.message };
}

/** Why a prune that left nothing to be removed is not done yet; undefined: the read-back says how the pass ended. */
function whilePruning(verified: Verified, deps: ReconcileDeps): Outcome | undefined {
  const { row, inputs, reports, observedAfter: observed, trust, remaining, stoppedBy } = verified;
  const isOver = remaining.actions.length === 0 && stoppedBy === null;
  if (!isPrune(inputs) || !isOver || trust.lacksHalf !== true || isHolding(trust.suspicion))
    return undefined;
  const time = { nowMs: deps.steady.nowMs(), toleranceMs: deps.options.staleToleranceMs };
  return untilGone({ row: withTrust(row, trust), observed, answered: removedBy(reports) }, time);
}

function compare(applied: Applied, observedAfter: RoomState, deps: ReconcileDeps): Verified {
  const left = planFor(applied, observedAfter, deps);
  const living = currentMarks(applied, observedAfter, deps);
  const time = markTime(applied, deps);
  const isKept = keptItems(applied.row, deps);
  const fresh = newMarks(left, applied.reports, observedAfter).filter(({ item }) => !isKept(item));
  const marks = countedMarks(fresh, living, time);
  const notObservable = mergeMarks(living, marks);
  const holding = holdingMarks(notObservable, { ...time, asked: false });
  const marked = { ...planInput(applied, observedAfter, deps), notObservable: holding };
  const pending = marks.length === 0 ? left : planOf(applied, marked);
  const held = applied.refusals
    .filter(({ effect }) => effect === "hold")
    .flatMap(({ items }) => items);
  return {
    ...applied,
    observedAfter,
    notObservable,
    pending,
    remaining: withoutRemovals(pending, held),
  };
}

/**
 * Presence can always be seen: a join, kick, delete or first seed that does not show did not happen, and is tried again
 * at the room's backoff until it does or the room is stalled. Only what is there and differs can be unobservable.
 */
function newMarks(
  left: Plan,
  reports: readonly ActionReport[],
  observed: RoomState,
): readonly NotObservableMark[] {
  const succeeded = reports
    .filter(({ result }) => result.kind === "done")
    .map(({ action }) => action);
  const absent = new Set(
    left.actions
      .filter((action) => action.kind === "seed" && action.previous === undefined)
      .map(markKey),
  );
  return toNotObservableMarks({ succeeded, remaining: left, observed })
    .filter(({ kind }) => kind !== "join" && kind !== "kick" && kind !== "delete")
    .filter((mark) => !absent.has(markKey(mark)));
}

/** Old marks that still hold something back, and the new ones. */
function mergeMarks(
  living: readonly NotObservableMark[],
  marks: readonly NotObservableMark[],
): readonly NotObservableMark[] {
  const replaced = new Set(marks.map(markKey));
  return [...living.filter((mark) => !replaced.has(markKey(mark))), ...marks];
}
