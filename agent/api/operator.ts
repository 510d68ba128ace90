import type { PassReport } from "../reconcile/outcome.ts";
import type { RoomSpec } from "../spec/room-spec.ts";

/** What the API needs of the running agent; everything it only shows comes from the store. */
export interface Operator {
  /** Polls the room's source, then reconciles from git (or from the posted spec that owns the room). */
  applyRoom(request: ApplyRoom): Promise<ApplyAnswer>;
  applySpec(request: ApplySpec): Promise<ApplyAnswer>;
  /** Orphans a room that a posted spec owns: its status stays, no more writes. */
  deleteRoom(request: RoomCommand): Promise<CommandAnswer>;
  /** What changes too often for the store. */
  live(): Live;
}

export interface RoomCommand {
  readonly roomId: string;
  readonly correlationId: string;
  readonly actor: string;
}

export interface ApplyRoom extends RoomCommand {
  readonly confirm: boolean;
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

export type ApplyAnswer =
  | { readonly kind: "report"; readonly report: PassReport }
  /** Not finished within 30 s, or it waits: the correlation id finds it in the audit. */
  | { readonly kind: "accepted"; readonly correlationId: string; readonly reason: string }
  | CommandRejected;

export type CommandAnswer = { readonly kind: "done" } | CommandRejected;

export interface CommandRejected {
  readonly kind: "rejected";
  /** 404 unknown room or source, 409 managed by git, 503 store or shutdown. */
  readonly status: 404 | 409 | 503;
  readonly code: string;
  readonly detail: string;
}

export interface Live {
  readonly startedAt: string;
  readonly queuedRequests: number;
  readonly reconciling: ReadonlySet<string>;
  readonly sources: readonly LiveSource[];
  /** False until the store is open and each source has finished one poll, failed or not; false again when stopping. */
  readonly ready: boolean;
  /** Whether the RoomServer answered its last call usefully; null before the first. */
  readonly roomServer: { readonly ok: boolean; readonly message: string } | null;
  /** Whether the last write of the store succeeded. */
  readonly store: { readonly ok: boolean; readonly message: string };
}

export interface LiveSource {
  readonly name: string;
  /** ISO times; null before the first poll, and while none is planned. */
  readonly lastPoll: string | null;
  readonly nextPoll: string | null;
}
