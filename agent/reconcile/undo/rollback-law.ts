import type { RoomState } from "../../plan/room-state.ts";
import type { ActionReport } from "../sending/perform-action.ts";
import { endedIntents } from "../sending/end-intents.ts";
import type { Ending, ReconcileOptions, Attempt, Verified } from "../pass.ts";
import { isHolding } from "../../room/judge-read.ts";
import { mayLag } from "../denied-answers.ts";
import { settleAction } from "../sending/settle-action.ts";
import type { Reason } from "../../status/reasons.ts";
import { splitItem } from "../../plan/item.ts";
import type { Undo } from "../../plan/inverse.ts";
import type { Action } from "../../plan/plan.ts";
import type { Change, ChangeKept, UndoStep } from "../../room/quarantine.ts";

/** Statuses by which the RoomServer says that it will never do it, where they are not success. */
const TERMINAL: ReadonlySet<number> = new Set([400, 403, 404, 409, 413, 422]);

/** Outcomes of VERIFY that mean refused changes; another one has its own cause, which a rollback would not correct. */
const REFUSED_REASONS: ReadonlySet<Reason> = new Set(["ActionsFailed", "NotConverged", "Refused"]);

/**
 * Whether a pass may be undone at all: only an attempt at new inputs can be. What is enforced while those may not be, and
 * drift from inputs that were verified, have nothing better to go back to.
 */
export function mayRollBack(
  { mode, isHead, inputs, row }: Pick<Attempt, "mode" | "isHead" | "inputs" | "row">,
  options: Pick<ReconcileOptions, "rollback">,
): boolean {
  const isNew = row.verified?.digest !== inputs.digest;
  return options.rollback.mode === "on-critical" && mode === "apply" && isHead && isNew;
}

/**
 * Whether a pass that was read back is to be undone: something was done, and of the actions that the RoomServer answered
 * more than `FailureRatio` were refused for good. What it did not answer (429, 5xx, timeouts), an expired token, shutdown, a
 * newer revision, a read that is not believed and one that may lag never lead to it.
 */
export function callsForRollback(
  { verified, outcome, trust }: Ending,
  options: Pick<ReconcileOptions, "rollback">,
): boolean {
  if (verified === null || verified.stoppedBy !== null) return false;
  if (trust !== null && isHolding(trust.suspicion)) return false;
  if (!("reason" in outcome) || !REFUSED_REASONS.has(outcome.reason)) return false;
  if (!mayRollBack(verified, options) || mayLag(verified) || !someTookEffect(verified))
    return false;
  const { refused, answered } = countAnswers(verified.reports, verified.observedAfter);
  return refused > answered * options.rollback.failureRatio;
}

/** Of the actions that were answered, how many were refused for good. 409 on join is neither unless the read agrees. */
export function countAnswers(
  reports: readonly ActionReport[],
  observed: RoomState,
): { readonly answered: number; readonly refused: number } {
  let [answered, refused] = [0, 0];
  for (const { action, result } of reports) {
    if (result.kind === "done") answered += 1;
    if (result.kind === "already") {
      answered += 1;
      if (settleAction(action, observed) === "notDone") refused += 1;
    }
    if (result.kind === "failed" && result.status !== null && TERMINAL.has(result.status)) {
      answered += 1;
      refused += 1;
    }
  }
  return { answered, refused };
}

/** An update of which only the kick was done took its entity out of the room: that is an effect, too. */
function someTookEffect({ reports, observedAfter: observed }: Verified): boolean {
  const ended = endedIntents({ reports, observed, phase: "APPLY" });
  const states = new Map(ended.map(({ id, state }) => [id, state]));
  return reports.some((report) => {
    const effect = effectOf(report, states.get(report.id), observed);
    return effect === "whole" || effect === "half";
  });
}

/** The changes of a pass to roll back, last change first, and those that stay. */
export interface UndoPlan {
  readonly steps: readonly UndoStep[];
  readonly kept: readonly ChangeKept[];
}

/** An undo as a later read finds it. */
export interface OpenUndo extends UndoPlan {
  readonly undone: readonly Change[];
}

/** What this very pass did, by its reports and the read that followed, and how to undo it. */
export function planUndo(verified: Verified): UndoPlan {
  const { reports, observedAfter: observed, inverse, row } = verified;
  const undos = new Map(inverse.map((undo) => [undo.of, undo]));
  const ended = endedIntents({ reports, observed, phase: "APPLY" });
  const states = new Map(ended.map(({ id, state }) => [id, state]));
  const ours = new Set(row.inventory);
  const steps: UndoStep[] = [];
  const kept: ChangeKept[] = [];
  for (const report of reports.toReversed()) {
    const { action } = report;
    const undo = undos.get(action);
    const effect = effectOf(report, states.get(report.id), observed);
    if (undo === undefined || effect === "none") continue;
    const found = toUndo(undo, effect, observed);
    if (Array.isArray(found))
      steps.push({ of: action, actions: found, wasOurs: ours.has(action.item) });
    else if (found !== null) kept.push({ ...toChange(action), ...found });
  }
  return { steps, kept };
}

/** `half`: of an update the kick was done and the join was not. */
type Effect = "whole" | "half" | "unknown" | "none";

function effectOf(
  { action, result }: ActionReport,
  state: string | undefined,
  observed: RoomState,
): Effect {
  if (state === "done") return result.kind === "already" ? "none" : "whole";
  if (state === "unknown") return "unknown";
  const wasSent = result.kind !== "notSent" && result.kind !== "unauthorized";
  return action.kind === "replace" && wasSent && isAbsent(action, observed) ? "half" : "none";
}

type Kept = Pick<ChangeKept, "reason" | "message">;

/** The actions, why there are none, or null where undoing another change takes this one back as well. */
function toUndo(undo: Undo, effect: Effect, observed: RoomState): Action[] | Kept | null {
  if (effect === "unknown") return OUTCOME_UNKNOWN;
  if (undo.kind === "cannot") return { reason: undo.reason, message: undo.message };
  if (effect === "half") return undo.actions.map(toJoin);
  if (undo.actions.length === 0) return null;
  return settleAction(undo.of, observed) === "notDone" ? CHANGED_SINCE : [...undo.actions];
}

/**
 * What is left of an undo that was cut off, by a fresh read: steps that are done, steps to continue with, and steps whose change
 * the room does not show any more, so that undoing it would undo a foreign change.
 */
export function openUndo(steps: readonly UndoStep[], observed: RoomState): OpenUndo {
  const open: UndoStep[] = [];
  const kept: ChangeKept[] = [];
  const undone: Change[] = [];
  for (const step of steps) {
    const rest = step.actions.slice(doneActions(step, observed));
    const change = toChange(step.of);
    if (rest.length === 0) undone.push(change);
    else if (rest.some((action) => isUncertain(action, observed)))
      kept.push({ ...change, ...OUTCOME_UNKNOWN });
    else if (isAbsent(step.of, observed) && step.of.kind === "replace")
      open.push({ ...step, actions: rest.map(toJoin) });
    else if (rest.length < step.actions.length || settleAction(step.of, observed) !== "notDone")
      open.push({ ...step, actions: rest });
    else kept.push({ ...change, ...CHANGED_SINCE });
  }
  return { steps: open, kept, undone };
}

/** How many actions of a step are done, counted from its first: a later one may look done because of the change itself. */
function doneActions({ actions }: UndoStep, observed: RoomState): number {
  const at = actions.findIndex((action) => settleAction(action, observed) !== "done");
  return at === -1 ? actions.length : at;
}

/** These are sent again only when a read shows that they did not happen (L3). */
function isUncertain(action: Action, observed: RoomState): boolean {
  const once =
    action.kind === "seed" || action.kind === "promote" || action.kind === "ensureResource";
  return once && settleAction(action, observed) === "unknown";
}

/** An update is undone by an update; where its entity is gone, by a join. */
function toJoin(action: Action): Action {
  if (action.kind !== "replace") return action;
  return { kind: "join", item: action.item, entity: action.entity };
}

export function isAbsent({ item }: Action, { entities }: RoomState): boolean {
  const { kind, name } = splitItem(item);
  return kind === "entity" && !entities.some(({ id }) => id === name);
}

export function toChange({ kind, item }: Action): Change {
  return { action: kind, item };
}

export const CHANGED_SINCE: Kept = {
  reason: "ChangedSince",
  message: "the room does not show this change any more, so there is nothing to roll back",
};

export const OUTCOME_UNKNOWN: Kept = {
  reason: "OutcomeUnknown",
  message: "neither an answer nor a read shows whether it happened",
};
