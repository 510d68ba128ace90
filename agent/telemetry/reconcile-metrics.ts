import { ACTION_KINDS, ACTION_RESULTS, OUTCOMES, PHASES, SUSPICION_KINDS } from "./labels.ts";
import type {
  ActionKindLabel,
  ActionResultLabel,
  OutcomeLabel,
  PassResultLabel,
  PhaseLabel,
  SuspicionLabel,
} from "./labels.ts";
import type { Series } from "./series.ts";

const PASS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const COMMIT_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900];

/** The label of guardrails that were not named at the start. */
const OTHER = "other";

/** What the passes over rooms report. Times are in ms. */
export interface ReconcileMetrics {
  reconcileStarted(): void;
  reconcileEnded(pass: {
    readonly outcome: OutcomeLabel;
    readonly result: PassResultLabel;
    readonly durationMs: number;
  }): void;
  phaseEnded(phase: PhaseLabel, durationMs: number): void;
  actionEnded(action: {
    readonly kind: ActionKindLabel;
    readonly result: ActionResultLabel;
    readonly durationMs: number;
  }): void;
  /** An action was planned though the spec did not change. */
  driftFound(kind: ActionKindLabel): void;
  guardrailRefused(guardrail: string): void;
  /** A read of a room was not believed. */
  readSuspected(kind: SuspicionLabel): void;
  /** From the commit's own date to the room's verification. */
  commitVerified(latencyMs: number): void;
  setQueue(queue: { readonly queued: number; readonly active: number }): void;
}

export function createReconcileMetrics(
  series: Series,
  guardrails: readonly string[],
): ReconcileMetrics {
  return { ...createPassMetrics(series), ...createWorkMetrics(series, guardrails) };
}

function createPassMetrics(
  series: Series,
): Pick<ReconcileMetrics, "reconcileStarted" | "reconcileEnded" | "phaseEnded" | "setQueue"> {
  const attempts = series.counter({
    name: "reconcile_attempts_total",
    help: "Passes over a room that began",
  });
  const successes = series.counter({
    name: "reconcile_successes_total",
    help: "Passes that ended converged, as a dry run, or with work left for the next pass",
  });
  const failures = series.counter({
    name: "reconcile_failures_total",
    help: "Passes that were refused, stalled or failed",
  });
  const outcomes = series.counter({
    name: "reconcile_outcomes_total",
    help: "Passes by how they ended",
    labels: { outcome: OUTCOMES },
  });
  const duration = series.histogram({
    name: "reconcile_duration_seconds",
    help: "How long a pass took",
    buckets: PASS_SECONDS,
  });
  const phases = series.histogram({
    name: "phase_duration_seconds",
    help: "How long one phase of a pass took",
    labels: { phase: PHASES },
    buckets: PASS_SECONDS,
  });
  const queued = series.gauge({ name: "queued_requests", help: "Rooms that wait for a pass" });
  const active = series.gauge({
    name: "active_reconciliations",
    help: "Passes that are running",
  });
  return {
    reconcileStarted: () => attempts.inc(),
    reconcileEnded: ({ outcome, result, durationMs }) => {
      if (result === "success") successes.inc();
      if (result === "failure") failures.inc();
      outcomes.inc({ outcome });
      duration.observe(durationMs / 1000);
    },
    phaseEnded: (phase, durationMs) => phases.observe({ phase }, durationMs / 1000),
    setQueue: (queue) => {
      queued.set(queue.queued);
      active.set(queue.active);
    },
  };
}

function createWorkMetrics(
  series: Series,
  guardrails: readonly string[],
): Omit<ReconcileMetrics, "reconcileStarted" | "reconcileEnded" | "phaseEnded" | "setQueue"> {
  const actions = series.counter({
    name: "actions_total",
    help: "Changes that were carried out on the RoomServer, by kind and how they ended",
    labels: { kind: ACTION_KINDS, result: ACTION_RESULTS },
  });
  const duration = series.histogram({
    name: "action_duration_seconds",
    help: "How long one change took, its retries included",
    labels: { kind: ACTION_KINDS },
    buckets: PASS_SECONDS,
  });
  const drift = series.counter({
    name: "drift_actions_total",
    help: "Changes that became necessary though the spec did not change; one that is left, or fails, is counted once until the drift changes",
    labels: { kind: ACTION_KINDS },
  });
  const refusals = series.counter({
    name: "guardrail_refusals_total",
    help: "Refusals by the guardrails",
    labels: { guardrail: [...guardrails, OTHER] },
  });
  const suspicious = series.counter({
    name: "suspicious_reads_total",
    help: "Reads of a room that were not believed until a second one agreed, by what was odd about them",
    labels: { kind: SUSPICION_KINDS },
  });
  const latency = series.histogram({
    name: "commit_to_verified_seconds",
    help: "Time from a commit's own date until a room was verified at it; a first sync is not counted",
    buckets: COMMIT_SECONDS,
  });
  return {
    actionEnded: ({ kind, result, durationMs }) => {
      actions.inc({ kind, result });
      duration.observe({ kind }, durationMs / 1000);
    },
    driftFound: (kind) => drift.inc({ kind }),
    guardrailRefused: (guardrail) =>
      refusals.inc({ guardrail: guardrails.includes(guardrail) ? guardrail : OTHER }),
    readSuspected: (kind) => suspicious.inc({ kind }),
    commitVerified: (latencyMs) => latency.observe(latencyMs / 1000),
  };
}
