import type { AskedConfirm } from "../room/request-confirm.ts";
import type { PassReport } from "../room/outcome.ts";
import type { ObserveOnlyState } from "../room/rows.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import type { Reason } from "../status/reasons.ts";

/** What a person asks for. */
export interface Command {
  readonly correlationId: string;
  readonly actor: string;
}

/** What a person asks of one room. */
export interface RoomCommand extends Command {
  readonly roomId: string;
}

/** What was acknowledged; null when the agent was not observe-only. */
export interface AcknowledgeAnswer {
  readonly ended: ObserveOnlyState | null;
  /** What the damaged store took with it, and what to do; null when nothing has ended. */
  readonly lost: string | null;
}

/** What a person says of a source whose branch is at another history. */
export interface AcceptSource extends Command {
  readonly source: string;
  /** A 40-hex commit id: exactly the head that waits. */
  readonly head: string;
}

export type AcceptAnswer =
  /** Revisions; `from` is null when no head was ingested before. */
  | { readonly kind: "accepted"; readonly from: string | null; readonly to: string }
  | CommandRejected;

export interface ApplyRoom extends RoomCommand {
  /** `X-Confirm`. */
  readonly confirm: AskedConfirm;
  readonly dryRun: boolean;
}

export interface ApplySpec extends ApplyRoom {
  readonly spec: RoomSpec;
  readonly digest: string;
  /** The spec's text as posted. */
  readonly text: Uint8Array;
  /** The source whose snapshot seeds are read from; null: the only one, if there is one. */
  readonly source: string | null;
  /** `X-Override: true`. */
  readonly override: boolean;
}

/** What took the place of the inputs that a request asked about. */
export interface Replacement {
  /** Null: the room has no owner any more. */
  readonly revision: string | null;
  /** Of the request that brought it; null where that is not known, or where a commit did. */
  readonly correlationId: string | null;
}

/** A source that could not be polled for a request: what it holds may be newer than what was reconciled. */
export interface NotPolled {
  readonly source: string;
  /** As in the source's `lastError`. */
  readonly reason: Reason | "InternalError";
  readonly message: string;
  /** ISO time of its next poll; null where none is planned. */
  readonly nextPoll: string | null;
  /** The newest revision known of the room; null where there is none. */
  readonly revision: string | null;
}

export type ApplyAnswer =
  | {
      readonly kind: "report";
      readonly report: PassReport;
      readonly replacedBy: Replacement | null;
      readonly notPolled: readonly NotPolled[];
    }
  /** Not finished in time, or it waits: the correlation id finds it in the audit. */
  | { readonly kind: "accepted"; readonly correlationId: string; readonly reason: string }
  | CommandRejected;

/** `orphaned`: it has no owner from now on. `forgotten`: it had none, and is unknown from now on. */
export type DeleteRoomAnswer = { readonly kind: "orphaned" | "forgotten" } | CommandRejected;

export interface CommandRejected {
  readonly kind: "rejected";
  /** 404 unknown room or source, 409 managed by git, 503 store or shutdown. */
  readonly status: 404 | 409 | 503;
  readonly code: string;
  readonly detail: string;
}
