import type { GateReason } from "../../room/write-gate.ts";
import type { Action } from "../../plan/plan.ts";
import type { Reason } from "../../status/reasons.ts";

/** How one action went, as far as its own answers tell. */
export type ActionResult =
  | { readonly kind: "done" }
  /** 409 on join, 404 on kick and delete: a read decides whether that is success. */
  | { readonly kind: "already"; readonly status: number }
  /** A terminal answer: the server will say the same again. */
  | {
      readonly kind: "failed";
      readonly status: number | null;
      readonly reason: Reason;
      readonly message: string;
    }
  /** May or may not have happened: only a read can tell. */
  | { readonly kind: "unclear"; readonly message: string }
  /** Certainly did not happen; the next pass tries again. */
  | { readonly kind: "notDone"; readonly message: string; readonly retryAfterMs: number | null }
  | { readonly kind: "unauthorized"; readonly status: number; readonly message: string }
  /** Never begun. */
  | { readonly kind: "notSent"; readonly reason: NotSentReason; readonly message: string };

export type NotSentReason =
  | "HeldByFailedAddition"
  | "DependencyFailed"
  | "Unauthorized"
  | "RoomServerUnavailable"
  | "Superseded"
  | "ShuttingDown"
  | GateReason;

/** What ends the sending of a pass before its last intent. */
export type StoppedBy = "unauthorized" | "unavailable" | "superseded" | "shutdown" | "closed";

export interface ActionReport {
  /** The intent's id. */
  readonly id: string;
  readonly action: Action;
  readonly result: ActionResult;
  /** Retries included; 0 when nothing was sent. */
  readonly durationMs: number;
}
