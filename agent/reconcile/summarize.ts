import { sameJson } from "../kernel/json.ts";
import { toIso } from "../kernel/clock.ts";
import { toDiffLists, type DiffLists } from "../plan/diff-lists.ts";
import { withReturned } from "../room/quarantine-text.ts";
import { dryRunProblem } from "../room/dry-run-text.ts";
import type { Room } from "../room/room.ts";
import { donePrune } from "../room/prune.ts";
import { afterRemovals } from "./sending/after-removals.ts";
import { overriddenText } from "../room/warnings-to-read.ts";
import type { StoreChange } from "../store/store.ts";
import {
  countsAsCycle,
  type EndedPass,
  type Summary,
  planDigestOf,
  type EndedAttempt,
  type Requeue,
} from "./ended-pass.ts";
import { keptWaitMs, waitsLong, withAskedWaits } from "./asked-wait.ts";
import { convergedConfirmations, CONFIRMATION_OUTDATED } from "./pass-confirmations.ts";
import { detourAfterActions } from "../room/detour.ts";
import { contestNews, contestOf, contestRecords } from "./contest.ts";
import { driftOf, driftRecord } from "./drift.ts";
import { failedBefore, withEqualFailures } from "./sending/equal-failures.ts";
import { endIntents, type EndedIntent, endedIntents } from "./sending/end-intents.ts";
import { lostRefusals } from "../room/judge-owner.ts";
import { isFailing, withFailing } from "../room/failing.ts";
import { withTrust } from "../room/judge-read.ts";
import type { Outcome, PassReport } from "../room/outcome.ts";
import { outcomeRecords } from "./outcome-records.ts";
import type { Ending, ReconcileDeps } from "./pass.ts";
import { stalledText } from "../room/stalled-text.ts";
import { withRefusedUpdates } from "./refused-updates-after.ts";
import { refusalsOf, revisionsAfter, statusAfter } from "./row-after.ts";
import { withTakenOut } from "./taken-out-after.ts";
import { closedGate } from "../room/write-gate.ts";
import { trustRecords } from "./audit.ts";
import { endOf } from "../room/ends.ts";

/** The only place where endings become status, audit, history, requeue and answer. Pure but for the clock. */
export function summarize(
  ended: EndedPass,
  deps: Pick<ReconcileDeps, "gates" | "clock" | "trail" | "options" | "steady">,
): Summary {
  const pass = withAskedWaits(ended, deps.clock.nowMs());
  const first = pass.attempts[0];
  const outcome = counted(pass, first === undefined ? noAttempt(pass) : first.ending.outcome, deps);
  let row = pass.row;
  const changes: StoreChange[] = [];
  for (const attempt of pass.attempts) {
    const intents = endedBy(attempt.ending, deps);
    const subject = { row, cause: pass.cause, inputs: attempt.inputs };
    const { confirmations, plan, trust } = attempt.ending;
    if (trust !== null) {
      changes.push(...trustRecords(trust, subject, deps));
      row = withTrust(row, trust);
    }
    const settledItems =
      attempt.ending.outcome.kind === "converged" ? (plan?.removedPolicies ?? []) : [];
    const before = failedBefore(pass.row, attempt.inputs);
    const closing = { ended: intents, confirmations, inventory: row.inventory, settledItems };
    const closed = endIntents({ ...closing, failedBefore: before }, subject, deps);
    changes.push(...closed.changes, ...convergedConfirmations(attempt, pass.standing ?? []));
    const towards = { ...attempt.inputs, isHead: attempt.isHead };
    const outcomes = intents.map((one) => ({ ...one, inputs: towards }));
    const detour = detourAfterActions(row, outcomes);
    const left = { ended: intents, inventory: closed.inventory, nowMs: deps.steady.nowMs() };
    const after = revisionsAfter({ ...afterRemovals(row, left), detour }, attempt, intents);
    const refused = { before: row.refusedUpdates, nowMs: left.nowMs };
    row = withTakenOut(withRefusedUpdates(after, attempt, refused), attempt, intents);
    row = withEqualFailures(row, attempt, { ...left, before });
  }
  const contest = contestOf(pass, pass.corrected ?? [], deps.steady.nowMs());
  if (contest !== pass.row.contest) row = { ...row, contest };
  const gate = closedGate(deps.gates, row);
  row = quarantineAfter(row, pass.attempts);
  row = withFailing(row, pass.attempts, deps.steady.nowMs());
  row = statusAfter(row, pass, {
    outcome,
    gate,
    nowIso: toIso(deps.clock.nowMs()),
    failing: isFailing(row, deps.steady.nowMs()) || waitsLong(pass),
  });
  const drift = driftOf(pass.row, pass.attempts);
  if (drift !== null)
    changes.push(driftRecord(drift, { ...pass, specVersion: versionOf(pass) }, deps));
  changes.push(...outcomeRecords({ ...pass, after: row, outcome }, deps));
  changes.push(...contestRecords(pass, row, deps));
  const changed = differs(row, pass.row);
  if (changed) row = { ...row, lastReconcile: toIso(deps.clock.nowMs()) };
  return {
    row,
    changed,
    changes,
    report: toReport(pass, outcome),
    requeue: requeueAfter(pass.attempts),
    drift,
    contest: contestNews(pass.row, row),
  };
}

function versionOf({ row }: EndedPass): number | null {
  return row.verified?.specVersion ?? null;
}

/** Entities that a rollback could not join, and that are in the room now, are rolled back. */
function quarantineAfter(row: Room, attempts: readonly EndedAttempt[]): Room {
  const ending = attempts.at(-1)?.ending;
  const left = ending?.verified?.remaining ?? ending?.plan ?? null;
  if (row.quarantine === null || left === null || ending?.rollback != null) return row;
  const joins = left.actions.filter(({ kind }) => kind === "join").map(({ item }) => item);
  const quarantine = withReturned(row.quarantine, new Set(joins));
  return quarantine === row.quarantine ? row : { ...row, quarantine };
}

/** Where a pass was undone, its own intents were closed before that began, and those of the undo are left. */
function endedBy(
  { reports, verified, rollback, trust }: Ending,
  { options }: Pick<ReconcileDeps, "options">,
): readonly EndedIntent[] {
  if (rollback !== null)
    return endedIntents({
      reports: rollback.undo,
      observed: rollback.observed,
      phase: "ROLLBACK",
    });
  return endedIntents({
    reports,
    observed: verified?.observedAfter ?? null,
    phase: "APPLY",
    lacksHalf: trust?.lacksHalf === true,
    mayLag: options.staleToleranceMs > 0,
  });
}

/** Most members of a room that a pass leaves alone are the very same objects, and nothing has to be said of those. */
function differs(after: Room, before: Room): boolean {
  const keys = Object.keys(after) as (keyof Room)[];
  return keys.some((key) => !sameJson(after[key], before[key]));
}

/** Passes that reached VERIFY without converging are counted; at the limit the outcome is a report of being stalled. */
function counted(pass: EndedPass, outcome: Outcome, deps: Pick<ReconcileDeps, "options">): Outcome {
  const { enabled, maxCycles } = deps.options.convergence;
  if (!enabled || !countsAsCycle(pass)) return outcome;
  const cycles = pass.row.cyclesSinceConverged + 1;
  if (cycles < maxCycles || (outcome.kind !== "partial" && outcome.kind !== "failed"))
    return outcome;
  const message = stalledText(cycles, outcome.message);
  return { kind: "stalled", reason: outcome.reason, message };
}

/** A room whose newest spec may not be used and that has nothing older to enforce is observed only. */
function noAttempt({ problem, row }: EndedPass): Outcome {
  const refusals = lostRefusals(row);
  if (refusals.length > 0) return { kind: "refused", refusals };
  const isOrphan = row.owner === null && row.headProblem === null;
  const pruned = isOrphan ? donePrune(row) : null;
  if (pruned !== null) return { kind: "waiting", reason: "Pruned", message: pruned, afterMs: null };
  const reason = isOrphan ? "Orphaned" : (problem?.reason ?? "NoSpec");
  const message = problem?.message ?? "no spec names this room; nothing is written to it";
  return { kind: "waiting", reason, message, afterMs: null };
}

const EMPTY_DIFF: DiffLists = {
  toJoin: [],
  toUpdate: [],
  toKick: [],
  toSeed: [],
  toPromote: [],
  toDelete: [],
  toSetPolicies: [],
  toEnsure: [],
  blocked: [],
  items: [],
  moreItems: 0,
};

/** Of a request whose inputs were replaced before its pass began. */
export function supersededReport(asked: Pick<PassReport, "roomId" | "correlationId">): PassReport {
  return {
    ...asked,
    phase: "PLANNING",
    outcome: { kind: "superseded" },
    diff: EMPTY_DIFF,
    planDigest: null,
    refusals: [],
    warnings: [],
    durationMs: 0,
  };
}

/** A commit or a label asks for the dry run, not the request. */
function isHeld({ row, cause, attempts }: EndedPass): boolean {
  return !cause.dryRun && row.dryRun !== null && attempts[0]?.ending.outcome.kind === "planned";
}

/** Who asks for a room as git has it, and does not post a spec, reads that it does not follow git. */
function overriddenWarning({ row, cause }: EndedPass): readonly string[] {
  const isPosted = cause.posted !== null || cause.carried !== null;
  const message = isPosted ? null : overriddenText(row);
  return message === null ? [] : [`Overridden: ${message}`];
}

function warningsOf({ ending }: EndedAttempt): readonly string[] {
  return ending.warnings.map(({ reason, message }) => `${reason}: ${message}`);
}

function toReport(pass: EndedPass, outcome: Outcome): PassReport {
  const [first] = pass.attempts;
  const ending = first?.ending;
  return {
    roomId: pass.row.roomId,
    correlationId: pass.cause.correlationId,
    phase: ending?.phase ?? "PLANNING",
    outcome,
    ...(isHeld(pass) ? { dryRun: dryRunProblem(pass.row) } : {}),
    // Made when they are read: only a request is answered with them.
    get diff() {
      return ending?.plan == null ? EMPTY_DIFF : toDiffLists(ending.plan);
    },
    get planDigest() {
      return first === undefined ? null : planDigestOf(first, pass.row);
    },
    refusals:
      pass.attempts.length === 0 ? lostRefusals(pass.row) : pass.attempts.flatMap(refusalsOf),
    warnings: [...overriddenWarning(pass), ...pass.attempts.flatMap(warningsOf)],
    durationMs: pass.durationMs,
  };
}

/** The most urgent first; of two waits the longer one counts. */
const URGENCY = ["now", "backoff", "interval", "never"] as const;

/** When the next pass over the room comes: as soon as any of its attempts wants it. Without an attempt, when its inputs change. */
function requeueAfter(attempts: readonly EndedAttempt[]): Requeue {
  const wishes = attempts.map(({ ending }) => toRequeue(ending));
  const kind = URGENCY.find((urgency) => wishes.some((wish) => wish.kind === urgency)) ?? "never";
  if (kind !== "backoff") return { kind };
  const waits = wishes.filter((wish) => wish.kind === "backoff");
  const atLeastMs = Math.max(...waits.map((wait) => wait.atLeastMs));
  const isFirst = waits.every((wait) => wait.isFirst === true);
  return { kind, atLeastMs, ...(isFirst ? { isFirst } : {}) };
}

function toRequeue(ending: Ending): Requeue {
  const { outcome, trust } = ending;
  const { next } = endOf(outcome);
  // What the room's own triggers asked for follows without that request.
  if (next === "now" || isOutdated(outcome))
    return isUndoPending(outcome) ? backoff(ending, 0) : { kind: "now" };
  if (next === "interval") {
    // An unverified read is repeated soon, whatever else objects.
    const waitMs = trust?.waitMs ?? null;
    return waitMs === null ? { kind: "interval" } : afterAnswer(ending, waitMs);
  }
  if (outcome.kind !== "waiting") return next === "wait" ? { kind: "never" } : backoff(ending, 0);
  return outcome.afterMs === null ? { kind: "never" } : afterAnswer(ending, outcome.afterMs);
}

/** The pass waits for a time that it knows, and did not fail. One that knows none comes less and less often, as after failures. */
function afterAnswer(ending: Ending, atLeastMs: number): Requeue {
  return { ...backoff(ending, atLeastMs), ...(atLeastMs > 0 ? { isFirst: true } : {}) };
}

function isUndoPending(outcome: Outcome): boolean {
  return outcome.kind === "rolledBack" && outcome.pending > 0;
}

function isOutdated(outcome: Outcome): boolean {
  return (
    outcome.kind === "refused" &&
    outcome.refusals.some(({ reason }) => reason === CONFIRMATION_OUTDATED)
  );
}

/** Not before any of the actions that were put off may be sent again, as far as that is kept to. */
function backoff(ending: Ending, atLeastMs: number): Extract<Requeue, { kind: "backoff" }> {
  return { kind: "backoff", atLeastMs: Math.max(atLeastMs, keptWaitMs(ending)) };
}
