import { listed } from "../kernel/shortened.ts";
import { heldByFailedAddition } from "../guardrail/failed-addition.ts";
import type { Refusal } from "../guardrail/guardrail.ts";
import type { Item } from "../plan/item.ts";
import type { Blocked, Plan } from "../plan/plan.ts";
import { driftedActions } from "../room/drift-rule.ts";
import type { Room } from "../room/room.ts";
import { keepsDmVisibilityAfter } from "./dm-visibility.ts";
import { countsAsCycle, type EndedPass, type EndedAttempt, pendingOf } from "./ended-pass.ts";
import { dryRunProblem } from "../room/dry-run-text.ts";
import type { EndedIntent } from "./sending/end-intents.ts";
import { enforcing } from "../room/enforced-inputs.ts";
import type { Outcome } from "../room/outcome.ts";
import { outcomeText } from "../room/ends.ts";
import type { Ending } from "./pass.ts";
import { lostProblem, lostRefusals } from "../room/judge-owner.ts";
import { reasonsSince } from "../room/reasons-since.ts";
import { donePrune, isPrune, pendingPrune, pruneText, PRUNING } from "../room/prune.ts";
import type { Pruned } from "../room/prune-mark.ts";
import { progressOf } from "../room/prune-progress.ts";
import { presentItems } from "../plan/suspicious-read.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import { roomConditions, type ConditionFacts } from "../room/room-conditions.ts";
import type { ClosedGate } from "../room/write-gate.ts";
import { quarantineProblem } from "../room/quarantine-text.ts";
import { settleAction } from "./sending/settle-action.ts";

/** What an attempt's ending says about the revisions of its room; `ended` is what became of its actions. */
export function revisionsAfter(
  row: Room,
  attempt: EndedAttempt,
  ended: readonly EndedIntent[],
): Room {
  const { inputs, ending, isHead, namesDmVisibility } = attempt;
  const { outcome, phase, reports, notObservable, rollback } = ending;
  if (rollback !== null) return { ...row, ...rollback.row, attemptedRevision: inputs.revision };
  if (isPrune(inputs)) return pruneAfter(row, attempt, seen(ending, ended));
  const converged = outcome.kind === "converged";
  const denied = outcome.kind === "denied";
  const held = outcome.kind === "held";
  const began = phase === "APPLY" || phase === "VERIFY" || converged || denied;
  // What is held passed PRE_CHECKS, so it is what is enforced from now on, even if there was nothing else to do.
  if (!began && !held) return row;
  const policy = { named: namesDmVisibility, began: true, converged, ended: seen(ending, ended) };
  const done = ended.filter(({ state }) => state === "done");
  const answered = reports.length + (ending.verified?.notRepeated.length ?? 0);
  const all = phase === "VERIFY" ? done.length === answered : denied;
  const applied = converged || all;
  const { revision, specVersion, specDigest } = inputs;
  const isFile = inputs.path !== null;
  const { lineage } = row;
  return {
    ...row,
    ...enforcing(row, inputs),
    ...(began ? { attemptedRevision: revision } : {}),
    keepsDmVisibility: keepsDmVisibilityAfter(row.keepsDmVisibility, policy),
    notObservable: notObservable ?? row.notObservable,
    ...(applied ? { appliedRevision: revision } : {}),
    ...(applied && isHead && isFile
      ? { appliedVersion: { specVersion, specDigest, lineage } }
      : {}),
    ...(converged && isHead && isFile ? { rewritten: null, detour: null } : {}),
    ...(converged ? { verified: inputs, verifiedRevision: revision, verifiedBefore: true } : {}),
    ...(converged && row.inDoubt != null ? { inDoubt: null } : {}),
    ...(converged ? withoutBlocked(row, ending) : {}),
  };
}

/** The room after an attempt that pruned. It is done when a read showed nothing more of what the agent put there. */
export function pruneAfter(
  row: Room,
  { inputs, ending }: EndedAttempt,
  ended: readonly EndedIntent[],
): Room {
  const { outcome, phase, plan, notObservable, verified } = ending;
  const mark = pendingPrune(row);
  const isDone = outcome.kind === "converged" && presentItems(row.inventory).length === 0;
  const began = phase === "APPLY" || phase === "VERIFY";
  const progress = progressOf(row);
  if (mark === null || progress === null || !isPrune(inputs) || !(began || isDone)) return row;
  const policy = { named: false, began: true, converged: isDone, ended };
  const after: Room = {
    ...row,
    ...PRUNING,
    attemptedRevision: inputs.revision,
    keepsDmVisibility: keepsDmVisibilityAfter(row.keepsDmVisibility, policy),
    notObservable: notObservable ?? row.notObservable,
  };
  const left = (verified?.remaining ?? plan)?.blocked ?? [];
  const by = confirmedBy(ending.confirmations, progress);
  if (!isDone || left.length > 0)
    return ending.reports.length === 0 ? after : { ...after, pruning: { ...progress, ...by } };
  // Whoever has the room next finds it as others made it: what a spec would remove there needs a confirmation.
  const { since, removed, found } = progress;
  const pruned = { since, removed, found, ...by };
  const others = { inventory: [], verifiedBefore: false, rewritten: null, detour: null, pruned };
  const doubt = row.inDoubt == null ? {} : { inDoubt: null };
  return { ...after, ...others, ...(after.pruning == null ? {} : { pruning: null }), ...doubt };
}

type Who = Pick<Pruned, "confirmedBy" | "confirmedIn">;

/** What was confirmed before may be used up by now. */
function confirmedBy([first]: readonly ConfirmationRow[], before: Partial<Who>): Who {
  if (first !== undefined) return { confirmedBy: first.actor, confirmedIn: first.originId };
  return { confirmedBy: before.confirmedBy ?? null, confirmedIn: before.confirmedIn ?? null };
}

/** What did not show when it was written could be done, and a change of that is drift. */
function withoutBlocked({ verifiedWithout: before }: Room, ending: Ending): Partial<Room> {
  const items = blockedOf(ending)
    .filter(({ reason }) => reason !== "NotObservable")
    .map(({ item }) => item);
  return before === undefined && items.length === 0 ? {} : { verifiedWithout: items };
}

/** Without what the read-back denies: the write was accepted and lost, so it is still to be done. */
function seen({ verified }: Ending, ended: readonly EndedIntent[]): readonly EndedIntent[] {
  if (verified === null) return ended;
  return ended.filter(({ action }) => settleAction(action, verified.observedAfter) !== "notDone");
}

/** What people are shown of the room after a pass. */
export function statusAfter(
  row: Room,
  pass: EndedPass,
  end: {
    readonly outcome: Outcome;
    readonly gate: ClosedGate | null;
    readonly nowIso: string;
    readonly failing: boolean;
  },
): Room {
  const { outcome, gate, failing } = end;
  const shown = wasJudged(pass) ? judgement(pass) : row;
  const { blocked } = shown;
  const refusals = row.owner === null ? lostRefusals(row) : shown.refusals;
  const enforcing = pass.attempts[1]?.ending.outcome;
  const conditions = roomConditions(
    {
      // Two files that name a room without an owner are a problem of a spec, not the lack of one.
      prune: pruneShown(row),
      owned: row.owner !== null || (row.headProblem !== null && row.lostOwner === null),
      lost: lostProblem(row),
      outcome,
      ...(enforcing === undefined ? {} : { enforcing }),
      problem: problemAfter(row, pass),
      refusals,
      blocked,
      drifted: wasJudged(pass)
        ? pass.attempts.some((attempt) => isDrifted(attempt, pass.row))
        : row.conditions.some(({ type }) => type === "Drifted"),
      driftOff: pass.attempts.some(({ drift }) => drift?.policy === "off"),
      revision: row.verifiedRevision,
      // What is shown in the place of an empty plan is of the spec that is enforced.
      dryRun: dryRunProblem(row, {
        isEmpty: pass.attempts[0]?.inputs.digest !== shown.pendingPlan?.inputs,
      }),
      suspicion: row.suspicion,
      contest: row.contest,
      failing,
      gate,
    },
    row.conditions,
    end.nowIso,
  );
  const after = { ...row, ...doubtShown(row, pass), refusals, blocked, conditions };
  return {
    ...after,
    reasonsSince: reasonsSince(row.reasonsSince, after, end.nowIso),
    warnings: warningsAfter(row.warnings, pass.attempts),
    pendingDiff: shown.pendingDiff,
    pendingPlan: shown.pendingPlan,
    cyclesSinceConverged: cyclesAfter(row, pass, outcome),
    lastOutcome: outcomeText(outcome),
  };
}

/** What is in doubt was read and planned: from now on people see what they confirm. */
function doubtShown({ inDoubt = null }: Room, { attempts }: EndedPass): Pick<Room, "inDoubt"> {
  const isPlanned = attempts.some(({ ending }) => ending.plan !== null);
  if (inDoubt === null || inDoubt.isShown === true || !isPlanned) return {};
  return { inDoubt: { ...inDoubt, isShown: true } };
}

/** The pass began with the problem; what it joined is not out of the room any more. */
function problemAfter(row: Room, { problem }: EndedPass): EndedPass["problem"] {
  return problem?.reason === "Quarantined" && row.quarantine !== null
    ? quarantineProblem(row.roomId, row.quarantine)
    : problem;
}

/** What is said of a room that has no spec any more, and why; null: it has one, or was never pruned. */
function pruneShown(row: Room): NonNullable<ConditionFacts["prune"]> | null {
  const { prune = null } = row;
  // A file that is meant for the room says more.
  if (prune === null || row.headProblem !== null) return null;
  const done = donePrune(row);
  if (done !== null) return { isDone: true, message: done };
  // A source that does not prune any more leaves the room as it is.
  return row.owner === null ? null : { isDone: false, message: pruneText(prune, row) };
}

/** False when no plan could be made: what was refused, blocked and pending before the pass still is. */
function wasJudged({ attempts }: EndedPass): boolean {
  return attempts.length === 0 || attempts.some(({ ending }) => ending.plan !== null);
}

type Judgement = Pick<Room, "refusals" | "blocked" | "pendingDiff" | "pendingPlan">;

function judgement({ attempts, row, confirmed }: EndedPass): Judgement {
  const [first] = attempts;
  return {
    refusals: attempts.flatMap(refusalsOf),
    blocked: first === undefined ? [] : blockedOf(first.ending),
    ...pendingOf(attempts, confirmed ?? row.confirmedRequests),
  };
}

function cyclesAfter(row: Room, pass: EndedPass, outcome: Outcome): number {
  if (outcome.kind === "converged") return 0;
  return countsAsCycle(pass) ? row.cyclesSinceConverged + 1 : row.cyclesSinceConverged;
}

/** What guardrails said, and what APPLY itself held back because an addition was refused. */
export function refusalsOf({ ending }: EndedAttempt): readonly Refusal[] {
  if (ending.rollback !== null) return [];
  const held = ending.reports.filter(
    ({ result }) => result.kind === "notSent" && result.reason === "HeldByFailedAddition",
  );
  if (held.length === 0) return ending.refusals;
  return [...ending.refusals, heldByFailedAddition(held.map(({ action }) => action.item))];
}

function blockedOf(ending: Ending): readonly Blocked[] {
  const planned = (ending.verified?.remaining ?? ending.plan)?.blocked ?? [];
  const skipped = new Map<Item, Blocked>();
  for (const { action, result } of ending.reports) {
    if (result.kind !== "notSent" || result.reason !== "DependencyFailed") continue;
    const { reason, message } = result;
    if (!skipped.has(action.item)) skipped.set(action.item, { item: action.item, reason, message });
  }
  return [...planned, ...skipped.values()];
}

function isDrifted({ inputs, ending }: EndedAttempt, before: Room): boolean {
  if (before.verified?.digest !== inputs.digest) return false;
  const left = ending.verified === null ? ending.plan : ending.verified.remaining;
  return left !== null && driftedActions(before, left).length > 0;
}

/** Warnings of the spec stay with it; what the room's policies are is seen in every read. */
function warningsAfter(
  before: Room["warnings"],
  attempts: readonly EndedAttempt[],
): Room["warnings"] {
  const plans = attempts.flatMap(({ ending }) => ending.plan ?? []);
  const fresh = [
    ...attempts.flatMap(({ ending }) => ending.warnings),
    ...plans.slice(0, 1).flatMap(policyWarnings),
    ...driftOff(attempts),
    ...plans.slice(0, 1).flatMap(driftIgnored),
  ];
  const reasons = new Set<string>(fresh.map(({ reason }) => reason));
  if (plans.length > 0) for (const each of OF_READS) reasons.add(each);
  return [...before.filter(({ reason }) => !reasons.has(reason)), ...fresh];
}

const UNKNOWN_POLICIES = "UnknownPolicies";
const DRIFT_OFF = "DriftOff";
const DRIFT_IGNORED = "DriftIgnored";
/** Reasons that each read of the room decides. */
const OF_READS: readonly string[] = [UNKNOWN_POLICIES, DRIFT_OFF, DRIFT_IGNORED];

/** What differs and may. */
function driftIgnored({ ignored = [] }: Plan): Room["warnings"] {
  if (ignored.length === 0) return [];
  const what = ignored.length === 1 ? "1 item differs" : `${ignored.length} items differ`;
  const message = `${what} and may (Drift.Ignore of its source): ${listed(ignored)}`;
  return [{ reason: DRIFT_IGNORED, message }];
}

/** A room that is not checked for drift says so. */
function driftOff(attempts: readonly EndedAttempt[]): Room["warnings"] {
  const rule = attempts.find(({ drift }) => drift?.policy === "off")?.drift;
  if (rule === undefined) return [];
  const message = `drift is not looked at (policy off, by ${rule.setBy})`;
  return [{ reason: DRIFT_OFF, message }];
}

function policyWarnings({ unknownPolicies }: Plan): Room["warnings"] {
  if (unknownPolicies.length === 0) return [];
  const message = `the room has policies that RoomSpec does not know and that are left alone: ${listed(unknownPolicies)}`;
  return [{ reason: UNKNOWN_POLICIES, message }];
}
