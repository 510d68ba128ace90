import type { Place } from "../queue/place.ts";
import type { RefusedClaim } from "../intake/refused-claims.ts";
import type { ObserveOnlyState } from "../room/rows.ts";
import type { ExportAnswer } from "../request/export-room.ts";
import type {
  ResumeAnswer,
  ResumeRequest,
  SuspendAnswer,
  SuspendRequest,
} from "../request/suspension-requests.ts";
import type { ServerHealth } from "../roomserver/call-report.ts";
import type { ConfigState, ReloadAnswer, ReloadRequest } from "../request/reload-requests.ts";
import type { PullsView } from "../review/pulls-view.ts";
import type { Suspension } from "../room/suspension.ts";
import type { WindowState } from "../room/sync-windows.ts";
import type { LiveWarning } from "../trigger/live-warnings.ts";
import type { WebhookReceiver } from "../trigger/webhook/webhook-receiver.ts";
import type {
  AcceptAnswer,
  AcceptSource,
  AcknowledgeAnswer,
  ApplyAnswer,
  ApplyRoom,
  ApplySpec,
  Command,
  DeleteRoomAnswer,
  RoomCommand,
} from "../request/requests.ts";

/** What the API needs of the running agent; everything it only shows comes from the store. */
export interface Operator {
  /**
   * Polls the room's source, then reconciles from git (or from the posted spec that owns the room). `gone` aborts when the
   * caller goes away.
   */
  applyRoom(request: ApplyRoom, gone?: AbortSignal): Promise<ApplyAnswer>;
  applySpec(request: ApplySpec, gone?: AbortSignal): Promise<ApplyAnswer>;
  /** Orphans a room that a posted spec owns: its status stays, no more writes. Forgets a room without an owner. */
  deleteRoom(request: RoomCommand): Promise<DeleteRoomAnswer>;
  /** A RoomSpec of what a room holds now, managed or not. Rejects with the reason of `signal`. */
  exportRoom(
    roomId: string,
    asked: { readonly correlationId: string; readonly signal: AbortSignal },
  ): Promise<ExportAnswer>;
  /** The files that name a room and may not have it. */
  refusedClaims(roomId: string): readonly RefusedClaim[];
  /** A room's place in the queue of passes. */
  placeOf(roomId: string): Place;
  /** Ends observe-only for all rooms. Rejects with the store's errors. */
  acknowledge(request: Command): Promise<AcknowledgeAnswer>;
  /** Follows a head that shares no commit with what a source followed. Rejects with the store's errors. */
  acceptSource(request: AcceptSource): Promise<AcceptAnswer>;
  /** Writes nothing to a room, the rooms of a source, or any room. Rejects with the store's errors. */
  suspend(request: SuspendRequest): Promise<SuspendAnswer>;
  resume(request: ResumeRequest): Promise<ResumeAnswer>;
  /** The sync windows as they are now, in the order of the configuration. */
  windows(): readonly WindowState[];
  /** The webhook of a source; null: there is no such source, or it has no secret. */
  webhookOf(source: string): Webhook | null;
  /** Reads the configuration again. Rejects with a defect alone. */
  reload(request: ReloadRequest): Promise<ReloadAnswer>;
  /** What changes too often for the store. */
  live(): Live;
}

/** What the API needs of the webhook of a source. */
export type Webhook = Pick<WebhookReceiver, "receive" | "turnedAway"> & LiveWebhook;

/** The state of a webhook. */
export type LiveWebhook = Pick<WebhookReceiver, "deliveries" | "count" | "missing" | "intervalMs">;

export interface Live {
  readonly startedAt: string;
  readonly queuedRequests: number;
  readonly reconciling: ReadonlySet<string>;
  readonly sources: readonly LiveSource[];
  /** True once the agent was asked to stop. */
  readonly stopping: boolean;
  /** False until the store is open and each source has finished one poll, failed or not; false again when stopping. */
  readonly ready: boolean;
  /** Whether the RoomServer answered its last call usefully; null before the first. */
  readonly roomServer: ServerHealth | null;
  /** Whether the last write of the store succeeded. */
  readonly store: {
    readonly ok: boolean;
    readonly message: string;
    /** What it holds cannot be trusted. Absent: it can. */
    readonly damaged?: true;
  };
  /** Null while every room may be written to. */
  readonly observeOnly: ObserveOnlyState | null;
  readonly suspensions: readonly Suspension[];
  readonly configuration: ConfigState;
}

export interface LiveSource {
  readonly name: string;
  /** ISO times; null before the first poll, and while none is planned. */
  readonly lastPoll: string | null;
  readonly nextPoll: string | null;
  /** Null: the source has no webhook. */
  readonly webhook: LiveWebhook | null;
  /** What is wrong with how it is reached. */
  readonly warnings: readonly LiveWarning[];
  /** Null, or absent: none of its pull requests are planned. */
  readonly pullRequests?: PullsView | null;
}
