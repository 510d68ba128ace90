import type { OutcomeLabel, PassResultLabel } from "../telemetry/labels.ts";
import type { Outcome } from "./outcome.ts";
import type { HistoryRow } from "./rows.ts";
import type { Reason } from "../status/reasons.ts";

/** What a kind of outcome means everywhere. What depends on its data (a wait, a pending rollback) is decided by its users. */
export interface End {
  /** The word for it in `/status`, `/apply`, audit and metrics. */
  readonly word: OutcomeLabel;
  /** `/apply`: all of it was done, some of it, or nothing that counts. */
  readonly success: "whole" | "part" | "none";
  /** `/apply`: its HTTP status; `failure`: 502, or 400 where the RoomServer rejected the content. */
  readonly http: 200 | 202 | 412 | "failure";
  /** The audit action; null: no record. */
  readonly audit: string | null;
  readonly history: HistoryRow["outcome"] | null;
  /** What the metrics count it as. */
  readonly counts: PassResultLabel;
  /** When the next pass comes: `wait` when what it waits for is over, or when a trigger comes. */
  readonly next: "now" | "backoff" | "interval" | "wait";
  /** Whether the agent gets the room further by itself: condition `Reconciling`, never with `needsPerson`. */
  readonly isReconciling: boolean;
  /** Whether a retry cannot help: condition `Stalled`. Of `failed` it depends on the reason. */
  readonly needsPerson: boolean;
  /** Whether a pass that ended so after VERIFY counts towards `MaxCyclesUntilConverged`. */
  readonly isCycle: boolean;
}

/** Every kind of end, a row each. A new kind is one row here and one member of `Outcome`. */
export const ENDS = {
  converged: {
    word: "converged",
    success: "whole",
    http: 200,
    audit: "room.converged",
    history: "verified",
    counts: "success",
    next: "interval",
    isReconciling: false,
    needsPerson: false,
    isCycle: false,
  },
  planned: {
    word: "planned",
    success: "whole",
    http: 200,
    audit: "room.planned",
    history: null,
    counts: "success",
    next: "interval",
    isReconciling: false,
    needsPerson: false,
    isCycle: true,
  },
  partial: {
    word: "partial",
    success: "part",
    http: 200,
    audit: "room.failed",
    history: "applied",
    counts: "success",
    next: "backoff",
    isReconciling: true,
    needsPerson: false,
    isCycle: true,
  },
  held: {
    word: "partial",
    success: "part",
    http: 200,
    audit: "room.refused",
    history: "applied",
    counts: "success",
    next: "interval",
    isReconciling: false,
    needsPerson: false,
    isCycle: false,
  },
  denied: {
    word: "partial",
    success: "part",
    http: 200,
    audit: "room.failed",
    history: "applied",
    counts: "success",
    next: "interval",
    isReconciling: false,
    needsPerson: true,
    isCycle: false,
  },
  batch: {
    word: "partial",
    success: "part",
    http: 200,
    audit: null,
    history: "applied",
    counts: "success",
    next: "now",
    isReconciling: true,
    needsPerson: false,
    isCycle: false,
  },
  stalled: {
    word: "stalled",
    success: "part",
    http: 200,
    audit: "room.failed",
    history: "applied",
    counts: "failure",
    next: "backoff",
    isReconciling: false,
    needsPerson: true,
    isCycle: true,
  },
  observed: {
    word: "waiting",
    success: "none",
    http: 202,
    audit: "room.planned",
    history: null,
    counts: "neither",
    next: "interval",
    isReconciling: false,
    needsPerson: false,
    isCycle: false,
  },
  stopping: {
    word: "waiting",
    success: "none",
    http: 202,
    audit: null,
    history: null,
    counts: "neither",
    next: "wait",
    isReconciling: true,
    needsPerson: false,
    isCycle: false,
  },
  waiting: {
    word: "waiting",
    success: "none",
    http: 202,
    audit: null,
    history: null,
    counts: "neither",
    next: "wait",
    isReconciling: true,
    needsPerson: false,
    isCycle: false,
  },
  superseded: {
    word: "superseded",
    success: "none",
    http: 202,
    audit: null,
    history: null,
    counts: "neither",
    next: "now",
    isReconciling: true,
    needsPerson: false,
    isCycle: true,
  },
  refused: {
    word: "refused",
    success: "none",
    http: 412,
    audit: "room.refused",
    history: "refused",
    counts: "failure",
    next: "interval",
    isReconciling: false,
    needsPerson: false,
    isCycle: true,
  },
  rolledBack: {
    word: "rolledBack",
    success: "none",
    http: "failure",
    audit: "room.rolledBack",
    history: "rolledBack",
    counts: "failure",
    next: "now",
    isReconciling: false,
    needsPerson: true,
    isCycle: true,
  },
  failed: {
    word: "failed",
    success: "none",
    http: "failure",
    audit: "room.failed",
    history: "failed",
    counts: "failure",
    next: "backoff",
    isReconciling: true,
    needsPerson: false,
    isCycle: true,
  },
} as const satisfies Readonly<Record<Outcome["kind"], End>>;

/** The row of an outcome. */
export function endOf({ kind }: Pick<Outcome, "kind">): End {
  return ENDS[kind];
}

/** Why it ended so, in words for people; null where the kind says it all. */
export function reasonOf(
  outcome: Outcome,
): { readonly reason: Reason; readonly message: string } | null {
  if (!("reason" in outcome)) return null;
  const { reason, message } = outcome;
  return { reason, message };
}

/** The wait that an outcome itself asks for, in ms; null: none. */
export function waitOf(outcome: Outcome): number | null {
  if (outcome.kind === "waiting") return outcome.afterMs;
  return outcome.kind === "failed" ? outcome.retryAfterMs : null;
}

/** An outcome as `/status` shows it: its word, and its reason where it has one. */
export function outcomeText(outcome: Outcome): string {
  const { word } = endOf(outcome);
  const reason = outcome.kind === "rolledBack" ? null : reasonOf(outcome)?.reason;
  return reason == null ? word : `${word}/${reason}`;
}
