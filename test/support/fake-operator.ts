import type { Live, Operator, Webhook } from "../../agent/api/operator.ts";
import type { ExportAnswer } from "../../agent/request/export-room.ts";
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
} from "../../agent/request/requests.ts";
import type {
  ResumeAnswer,
  ResumeRequest,
  SuspendAnswer,
  SuspendRequest,
} from "../../agent/request/suspension-requests.ts";
import type { ReloadAnswer, ReloadRequest } from "../../agent/request/reload-requests.ts";
import type { RefusedClaim } from "../../agent/intake/refused-claims.ts";
import type { Place } from "../../agent/queue/place.ts";
import type { WindowState } from "../../agent/room/sync-windows.ts";
import type { Outcome, PassReport } from "../../agent/room/outcome.ts";

/** An Operator that notes what it is asked and answers what it is told to. */
export class FakeOperator implements Operator {
  readonly rooms: ApplyRoom[] = [];
  readonly specs: ApplySpec[] = [];
  readonly deleted: RoomCommand[] = [];
  readonly acknowledged: Command[] = [];
  readonly accepted: AcceptSource[] = [];
  acceptance: (request: AcceptSource) => AcceptAnswer = ({ head }) => ({
    kind: "accepted",
    from: null,
    to: `main@sha1:${head}`,
  });
  answer: (request: ApplyRoom) => Promise<ApplyAnswer> = async (request) =>
    reported(aReport({ kind: "converged" }, request));
  deletion: DeleteRoomAnswer = { kind: "orphaned" };
  readonly claims = new Map<string, readonly RefusedClaim[]>();
  readonly places = new Map<string, Place>();
  acknowledgement: AcknowledgeAnswer = { ended: null, lost: null };
  state: Live = {
    startedAt: "2026-01-01T00:00:00.000Z",
    queuedRequests: 0,
    reconciling: new Set(),
    sources: [],
    stopping: false,
    ready: true,
    roomServer: { ok: true, message: "" },
    store: { ok: true, message: "" },
    observeOnly: null,
    suspensions: [],
    configuration: { loadedAt: "2026-01-01T00:00:00.000Z", changes: [], failure: null },
  };
  exported: ExportAnswer = { kind: "exported", text: "kind: RoomSpec\n", isEmpty: false };
  async exportRoom(): Promise<ExportAnswer> {
    return this.exported;
  }
  readonly reloads: ReloadRequest[] = [];
  reloadAnswer: ReloadAnswer = { kind: "reloaded", changes: [] };

  async reload(request: ReloadRequest): Promise<ReloadAnswer> {
    this.reloads.push(request);
    return this.reloadAnswer;
  }

  windowStates: readonly WindowState[] = [];
  readonly suspended: SuspendRequest[] = [];
  readonly resumed: ResumeRequest[] = [];

  async suspend(request: SuspendRequest): Promise<SuspendAnswer> {
    this.suspended.push(request);
    const { scope, reason, until, actor: by, correlationId } = request;
    const since = "2026-01-01T00:00:00.000Z";
    const suspension = { scope, reason, by, correlationId, since, until };
    return { kind: "suspended", suspension, replaced: null };
  }

  async resume(request: ResumeRequest): Promise<ResumeAnswer> {
    this.resumed.push(request);
    return { kind: "resumed", ended: null, still: [] };
  }

  windows(): readonly WindowState[] {
    return this.windowStates;
  }

  readonly webhooks = new Map<string, Webhook>();

  webhookOf(source: string): Webhook | null {
    return this.webhooks.get(source) ?? null;
  }

  async applyRoom(request: ApplyRoom): Promise<ApplyAnswer> {
    this.rooms.push(request);
    return this.answer(request);
  }

  async applySpec(request: ApplySpec): Promise<ApplyAnswer> {
    this.specs.push(request);
    return this.answer(request);
  }

  async deleteRoom(request: RoomCommand): Promise<DeleteRoomAnswer> {
    this.deleted.push(request);
    return this.deletion;
  }

  refusedClaims(roomId: string): readonly RefusedClaim[] {
    return this.claims.get(roomId) ?? [];
  }

  placeOf(roomId: string): Place {
    return this.places.get(roomId) ?? { kind: "absent" };
  }

  async acceptSource(request: AcceptSource): Promise<AcceptAnswer> {
    this.accepted.push(request);
    return this.acceptance(request);
  }

  async acknowledge(request: Command): Promise<AcknowledgeAnswer> {
    this.acknowledged.push(request);
    return this.acknowledgement;
  }

  live(): Live {
    return this.state;
  }
}

/** A pass that nothing overtook and whose sources were polled. */
export function reported(report: PassReport): ApplyAnswer {
  return { kind: "report", report, replacedBy: null, notPolled: [] };
}

export const A_PLAN_DIGEST = `sha256:${"ab".repeat(32)}` as const;

export function aReport(
  outcome: Outcome,
  given: { readonly roomId: string; readonly correlationId: string },
): PassReport {
  return {
    roomId: given.roomId,
    correlationId: given.correlationId,
    phase: "VERIFY",
    outcome,
    diff: {
      toJoin: ["E-agent-1"],
      toUpdate: [],
      toKick: [],
      toSeed: ["notes"],
      toPromote: [],
      toDelete: [],
      toSetPolicies: [],
      toEnsure: [],
      blocked: [{ item: "artifact/plan", reason: "SeedMissing" }],
      items: [{ action: "join", item: "entity/E-agent-1", before: null, after: { kind: "agent" } }],
      moreItems: 1,
    },
    planDigest: A_PLAN_DIGEST,
    refusals: outcome.kind === "refused" ? outcome.refusals : [],
    warnings: ["SpecVersionReused"],
    durationMs: 1230,
  };
}
