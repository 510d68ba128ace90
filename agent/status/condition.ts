import type { Reason } from "./reasons.ts";

/** The facts `/status` shows about a room. `Ready` is positive; every other type is absent unless it has something to say. */
export const CONDITION_TYPES = [
  "Ready",
  "Reconciling",
  "Stalled",
  "Suspicious",
  "Drifted",
  "Contested",
  "AwaitingConfirm",
  "Suspended",
  "PartlyManaged",
  "Orphaned",
] as const;

export type ConditionType = (typeof CONDITION_TYPES)[number];

export interface Condition {
  readonly type: ConditionType;
  readonly status: "True" | "False" | "Unknown";
  /** CamelCase, the same word in audit and metrics. */
  readonly reason: Reason;
  readonly message: string;
  /** ISO time at which `status` last changed. */
  readonly lastTransitionTime: string;
}
