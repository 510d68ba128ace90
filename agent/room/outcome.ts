import type { Refusal } from "../guardrail/guardrail.ts";
import type { DiffLists } from "../plan/diff-lists.ts";
import type { PlanDigest } from "../plan/plan-digest.ts";
import type { ChangeKept } from "./quarantine.ts";
import type { Reason } from "../status/reasons.ts";

export type Phase = "PLANNING" | "PRE_CHECKS" | "APPLY" | "VERIFY" | "ROLLBACK";

/** How a pass over one room ended. What each kind means for status, audit, metrics, requeue and `/apply` is a row of `ENDS`. */
export type Outcome =
  /** Observed equals desired (blocked items aside), proved by a read. */
  | { readonly kind: "converged" }
  /** A dry run: the plan is published, nothing was changed. */
  | { readonly kind: "planned" }
  /** Some actions failed or are still to come; the next pass continues. */
  | {
      readonly kind: "partial";
      readonly reason: Reason;
      readonly message: string;
      /** True where the RoomServer refused an action for good: a retry alone does not help. */
      readonly isRefused?: true;
    }
  /** All but what guardrails hold was done: a person is waited for, and no further try does more. */
  | { readonly kind: "held"; readonly reason: Reason; readonly message: string }
  /** All was done, and the RoomServer denies a policy or content that it accepted: one more try comes when it is due. */
  | { readonly kind: "denied"; readonly reason: Reason; readonly message: string }
  /** Confirmed removals go in batches: the rest follows at once. */
  | { readonly kind: "batch"; readonly reason: Reason; readonly message: string }
  /** Not converged after `MaxCyclesUntilConverged` passes: needs a person, passes continue at the room's backoff. */
  | { readonly kind: "stalled"; readonly reason: Reason; readonly message: string }
  /** The agent may not write to the room now: the plan and all objections to it are published. */
  | {
      readonly kind: "observed";
      readonly reason: Reason;
      readonly message: string;
      /** Whether a confirmed request opens the room. */
      readonly isConfirmable: boolean;
    }
  /** The agent is shutting down: the next start continues from a fresh read. */
  | { readonly kind: "stopping"; readonly reason: Reason; readonly message: string }
  /** Cannot continue now, without a failure: the next pass comes after `afterMs`, or when what it waits for changes. */
  | {
      readonly kind: "waiting";
      readonly reason: Reason;
      readonly message: string;
      readonly afterMs: number | null;
    }
  /** A newer revision arrived; its pass follows at once. */
  | { readonly kind: "superseded" }
  /** A guardrail refused the whole plan; nothing was changed. */
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] }
  /** Most of it was refused for good: what the pass had done was rolled back, and its inputs are quarantined. */
  | {
      readonly kind: "rolledBack";
      readonly reason: Reason;
      readonly message: string;
      readonly notUndone: readonly ChangeKept[];
      /** Changes that are still to be rolled back: the rollback was cut off and continues in the next pass. */
      readonly pending: number;
    }
  /** Nothing or not enough could be done: server, token, store. `status` is the RoomServer's last answer, where it gave one. */
  | {
      readonly kind: "failed";
      readonly reason: Reason;
      readonly message: string;
      readonly status: number | null;
      readonly retryAfterMs: number | null;
    };

/** What one pass did, as `/apply` answers it. */
export interface PassReport {
  readonly roomId: string;
  readonly correlationId: string;
  /** The last phase the pass entered. */
  readonly phase: Phase;
  readonly outcome: Outcome;
  /** Why the plan was only made, where the request did not ask for that; absent: it did, or more was done. */
  readonly dryRun?: { readonly reason: Reason; readonly message: string };
  readonly diff: DiffLists;
  /** Names the plan in `diff`; null where none was made. */
  readonly planDigest: PlanDigest | null;
  /** All of them, also those of a dry run. */
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  readonly durationMs: number;
}
