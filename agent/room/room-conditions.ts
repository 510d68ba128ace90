import { joined } from "../kernel/joined.ts";
import { shortened } from "../kernel/shortened.ts";
import type { Condition, ConditionType } from "../status/condition.ts";
import { type AttentionFacts, blockedByReason } from "../status/attention.ts";
import type { Refusal } from "../guardrail/guardrail.ts";
import type { Contest } from "./contest.ts";
import type { Suspicion } from "./suspicion.ts";
import { contestText } from "./contest-law.ts";
import { endOf, reasonOf } from "./ends.ts";
import { isHolding } from "./judge-read.ts";
import type { Outcome } from "./outcome.ts";
import type { ClosedGate } from "./write-gate.ts";
import type { Reason } from "../status/reasons.ts";

/** What the conditions of a room are made from, at the end of a pass. */
export interface ConditionFacts {
  readonly owned: boolean;
  /** Why a room without an owner is not an orphan: its owner lost it. Absent: null. */
  readonly lost?: { readonly reason: Reason; readonly message: string } | null;
  /** What is said of a room whose spec file was removed while its source prunes; absent: null, it was not. */
  readonly prune?: { readonly isDone: boolean; readonly message: string } | null;
  /** Null before the first pass. */
  readonly outcome: Outcome | null;
  /** Outcome of the enforced inputs while the newest spec may not be applied; absent when none are enforced. */
  readonly enforcing?: Outcome;
  /** Why head's spec may not be used; null when it may. */
  readonly problem: { readonly reason: Reason; readonly message: string } | null;
  readonly refusals: readonly Refusal[];
  /** Items that cannot be done now. */
  readonly blocked: AttentionFacts["blocked"];
  /** True when the inputs were verified before and the room differs from them again. */
  readonly drifted: boolean;
  /** True where drift is not checked: whether the room still matches is not known. Absent: false. */
  readonly driftOff?: boolean;
  readonly revision: string | null;
  /** What is said of the room if it is a dry run. */
  readonly dryRun: { readonly reason: Reason; readonly message: string };
  /** What is odd about what the RoomServer shows; absent: nothing. */
  readonly suspicion?: Suspicion | null;
  /** The items that keep being changed back; absent: none. */
  readonly contest?: Contest | null;
  /** True once passes have failed for so long that a person is needed (`isFailing`); absent: false. */
  readonly failing?: boolean;
  /** The gate that is closed for the room; absent: none. */
  readonly gate?: ClosedGate | null;
}

type Fact = Omit<Condition, "lastTransitionTime">;

/** Reasons of failures that a retry cannot correct: a person has to act. */
const NEEDS_A_PERSON = new Set([
  "Refused",
  "Unauthorized",
  "WrongProtocol",
  "AnswerTooLarge",
  "DesiredStateLost",
]);

/** All conditions of a room; the time of each moves only when its status does. `nowIso` is an ISO time. */
export function roomConditions(
  facts: ConditionFacts,
  before: readonly Condition[],
  nowIso: string,
): readonly Condition[] {
  const current = currentFacts(facts, before);
  return current.map((fact) => {
    const previous = before.find(({ type }) => type === fact.type);
    const lastTransitionTime =
      previous?.status === fact.status ? previous.lastTransitionTime : nowIso;
    return { ...fact, lastTransitionTime };
  });
}

function currentFacts(facts: ConditionFacts, before: readonly Condition[]): readonly Fact[] {
  const { owned, lost = null, prune = null } = facts;
  if (prune?.isDone === true) return orphanFacts("Pruned", prune.message);
  if (prune !== null) return pruningFacts(facts, { message: prune.message, before });
  return owned ? ownedFacts(facts, before) : unownedFacts(lost);
}

/** A room without a spec never matches it, however its pass ended. */
function pruningFacts(
  facts: ConditionFacts,
  { message, before }: { readonly message: string; readonly before: readonly Condition[] },
): readonly Fact[] {
  const { outcome } = facts;
  const isQuiet = outcome === null || outcome.kind === "converged";
  const shown = ownedFacts({ ...facts, prune: null }, before).filter(
    ({ type }) => type !== "Ready",
  );
  const first = isQuiet ? notReady("PrunePending", message) : ready(facts);
  return [first, ...shown, orphaned("PrunePending", message)];
}

function orphanFacts(reason: Reason, message: string): readonly Fact[] {
  return [notReady(reason, message), orphaned(reason, message)];
}

/** Message for a room that has no owner any more. */
export const ORPHANED =
  "no spec names this room any more: it is left as it is; add its spec file, whose name ends in .room.yaml, again to manage it";

function unownedFacts(lost: ConditionFacts["problem"]): readonly Fact[] {
  if (lost === null) return [notReady("Orphaned", ORPHANED), orphaned("NoSpec", ORPHANED)];
  const { reason, message } = lost;
  return [notReady(reason, message), { type: "Stalled", status: "True", reason, message }];
}

function ownedFacts(facts: ConditionFacts, before: readonly Condition[]): readonly Fact[] {
  return [
    ready(facts),
    // Never both: where a person is needed, the agent does not get the room to its head by itself.
    waiting(facts) ??
      stalled(facts, before) ??
      reconciling(facts.outcome) ??
      reconciling(facts.enforcing ?? null),
    suspicious(facts),
    drifted(facts),
    contested(facts),
    awaiting(facts),
    gated(facts),
    partly(facts),
  ].filter((fact) => fact !== null);
}

function ready(facts: ConditionFacts): Fact {
  const { outcome, problem, revision, dryRun, driftOff, blocked } = facts;
  if (problem !== null) return notReady(problem.reason, problem.message);
  if (outcome === null)
    return {
      type: "Ready",
      status: "Unknown",
      reason: "NotYetReconciled",
      message: "no pass has ended yet",
    };
  if (outcome.kind === "converged") {
    const spec = revision ?? "its spec";
    const but = blocked.length === 0 ? "" : `, apart from ${undone(blocked)}`;
    const message =
      driftOff === true
        ? `the room was verified at ${spec}${but}; drift is not looked at (policy off)`
        : `the room matches ${spec}${but}`;
    return { type: "Ready", status: "True", reason: "Converged", message };
  }
  const { reason, message } = whyNotReady(outcome, dryRun);
  return notReady(reason, message);
}

function whyNotReady(
  outcome: Outcome,
  dryRun: ConditionFacts["dryRun"],
): { readonly reason: Reason; readonly message: string } {
  if (outcome.kind === "planned") return dryRun;
  if (outcome.kind === "refused") {
    const [first] = outcome.refusals;
    const message = joined(outcome.refusals.map((refusal) => refusal.message));
    return { reason: first?.reason ?? "Refused", message };
  }
  return (
    reasonOf(outcome) ?? { reason: "Superseded", message: "a newer revision is being worked on" }
  );
}

/** The agent continues by itself. */
function reconciling(outcome: Outcome | null): Fact | null {
  if (outcome === null || !endOf(outcome).isReconciling || isFinal(outcome)) return null;
  const { reason, message } = reasonOf(outcome) ?? {
    reason: "Superseded",
    message: "a newer revision is next",
  };
  return { type: "Reconciling", status: "True", reason, message };
}

/** Another source takes the room over by itself. */
function waiting({ problem }: ConditionFacts): Fact | null {
  if (problem?.reason !== "WaitsForSource") return null;
  const { reason, message } = problem;
  return { type: "Reconciling", status: "True", reason, message };
}

function stalled(facts: ConditionFacts, before: readonly Condition[]): Fact | null {
  const { outcome, enforcing = null, problem, failing = false } = facts;
  const stuck =
    problem ??
    needsPerson(outcome) ??
    needsPerson(enforcing) ??
    (failing ? whyFailing([outcome, enforcing], before) : null);
  if (stuck === null) return null;
  return { type: "Stalled", status: "True", reason: stuck.reason, message: stuck.message };
}

/** Why the passes fail; of a pass that was superseded or cut off, what the one before it said. */
function whyFailing(
  outcomes: readonly (Outcome | null)[],
  before: readonly Condition[],
): ConditionFacts["problem"] {
  const failed = outcomes.find(
    (end) => end != null && (end.kind === "waiting" || endOf(end).next === "backoff"),
  );
  if (failed != null) return reasonOf(failed);
  return before.find(({ type }) => type === "Stalled") ?? null;
}

/** What a retry cannot correct. */
function needsPerson(outcome: Outcome | null): ConditionFacts["problem"] {
  if (outcome === null) return null;
  return isFinal(outcome) || endOf(outcome).needsPerson ? reasonOf(outcome) : null;
}

function isFinal(outcome: Outcome): boolean {
  if (outcome.kind === "partial") return outcome.isRefused === true;
  return outcome.kind === "failed" && NEEDS_A_PERSON.has(outcome.reason);
}

function drifted({ drifted: isDrifted, outcome, enforcing }: ConditionFacts): Fact | null {
  if (!isDrifted) return null;
  for (const end of [outcome, enforcing])
    if (end?.kind === "observed" && end.reason === "DriftReported")
      return { type: "Drifted", status: "True", reason: end.reason, message: end.message };
  const message = "the room differs from the inputs it was verified at";
  return { type: "Drifted", status: "True", reason: "DriftDetected", message };
}

function contested({ contest = null }: ConditionFacts): Fact | null {
  if (contest === null) return null;
  const message = contestText(contest);
  return { type: "Contested", status: "True", reason: "Contested", message };
}

/** What is read of the room is not believed, so that nothing is removed from it. */
function suspicious({ outcome, suspicion = null }: ConditionFacts): Fact | null {
  const message = isHolding(suspicion)
    ? suspicion.message
    : outcome?.kind === "failed" && outcome.reason === "SuspiciousRead"
      ? outcome.message
      : null;
  return message === null
    ? null
    : { type: "Suspicious", status: "True", reason: "SuspiciousRead", message };
}

function awaiting({ outcome, refusals }: ConditionFacts): Fact | null {
  if (outcome?.kind === "observed" && outcome.isConfirmable) {
    const { reason, message } = outcome;
    return { type: "AwaitingConfirm", status: "True", reason, message };
  }
  const open = refusals.filter(({ confirmable }) => confirmable);
  const [first] = open;
  if (first === undefined) return null;
  const message = joined(open.map((refusal) => refusal.message));
  return { type: "AwaitingConfirm", status: "True", reason: first.reason, message };
}

function gated({ gate = null }: ConditionFacts): Fact | null {
  if (gate === null || gate.condition === null) return null;
  const { condition, reason, message } = gate;
  return { type: condition, status: "True", reason, message };
}

function partly({ blocked }: ConditionFacts): Fact | null {
  if (blocked.length === 0) return null;
  const why = blockedByReason(blocked).map(({ reason, message: text }) => `${reason}: ${text}`);
  const message = `${undone(blocked)}: ${shortened(joined(why), BLOCKED_TEXT)}`;
  return { type: "PartlyManaged", status: "True", reason: "ItemsBlocked", message };
}

/** What is shown of why items are blocked: each of them is in `blocked`. */
const BLOCKED_TEXT = 500;

function undone({ length }: ConditionFacts["blocked"]): string {
  return length === 1
    ? "1 item that cannot be done now"
    : `${length} items that cannot be done now`;
}

function orphaned(reason: Reason, message: string): Fact {
  return { type: "Orphaned", status: "True", reason, message };
}

function notReady(reason: Reason, message: string): Fact {
  return { type: "Ready" satisfies ConditionType, status: "False", reason, message };
}
