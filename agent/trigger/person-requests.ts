import type { Clock } from "../kernel/clock.ts";
import { toIso } from "../kernel/clock.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import { OperatorError, messageOf } from "../kernel/errors.ts";
import type { JsonValue } from "../kernel/json.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { PassCause } from "../reconcile/pass.ts";
import { withOwner } from "../reconcile/judge-owner.ts";
import { observedRow } from "../reconcile/intake-rows.ts";
import type { RoomWriter } from "../reconcile/room-writer.ts";
import { standingFact, type RoomOwners } from "../reconcile/source-index.ts";
import type { SyncTracker } from "../reconcile/sync-tracker.ts";
import { withdrawnConfirmations } from "../reconcile/withdrawn-confirmations.ts";
import { emptyRoom } from "../store/empty-room.ts";
import type { RoomInputs, RoomRow } from "../store/rows.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import { deleteRoom } from "./delete-room.ts";
import type { PendingRequest, PendingRequests } from "./pending-requests.ts";
import type { PollEnd } from "./poller.ts";
import type { PostedInputs } from "./posted-inputs.ts";
import type {
  ApplyAnswer,
  ApplyRoom,
  ApplySpec,
  CommandAnswer,
  CommandRejected,
  RoomCommand,
} from "./requests.ts";

export interface PersonRequestsOptions {
  readonly store: Store;
  readonly rooms: RoomWriter;
  readonly clock: Clock;
  /** What confirmations expire by. */
  readonly steady: Pick<SteadyTime, "nowMs">;
  readonly operatorVersion: string;
  readonly queue: Pick<WorkQueue, "add">;
  readonly pending: PendingRequests;
  readonly owners: RoomOwners;
  readonly tracker: Pick<SyncTracker, "forget">;
  readonly posted: PostedInputs;
  /** Looks at a source now; null when no such source is configured. */
  readonly pollSource: (name: string) => Promise<PollEnd> | null;
  /** Called when a room is let go of: a source whose file names it may take it over. */
  readonly released: (roomIds: readonly string[]) => void;
  /** How long an answer is waited for, in ms. */
  readonly waitMs: number;
}

type PassEnd = Parameters<PendingRequest["ended"]>[0];

/** What people ask for over HTTP: each request becomes a pass of its own, through the same queue as everything else. */
export class PersonRequests {
  readonly #options: PersonRequestsOptions;

  constructor(options: PersonRequestsOptions) {
    this.#options = options;
  }

  /** Reconciles a room from what owns it now. Its source is polled first, so that a push made before the request counts. */
  applyRoom(request: ApplyRoom): Promise<ApplyAnswer> {
    return this.#inTime(request, this.#applyRoom(request));
  }

  async #applyRoom(request: ApplyRoom): Promise<ApplyAnswer> {
    const row = await this.#options.store.readRoom(request.roomId);
    const owner = row?.owner ?? null;
    if (owner === null) await this.#pollAll();
    if (owner?.kind === "git") await this.#options.pollSource(owner.source)?.catch(() => undefined);
    if (row === null && (await this.#options.store.readRoom(request.roomId)) === null)
      return unknownRoom(request.roomId);
    await this.#audit(request, "apply", { confirm: request.confirm, dryRun: request.dryRun });
    return this.#pass(request, null);
  }

  /** Makes a posted spec the desired state of a room that no source claims, and reconciles it. */
  applySpec(request: ApplySpec): Promise<ApplyAnswer> {
    return this.#inTime(request, this.#applySpec(request));
  }

  async #applySpec(request: ApplySpec): Promise<ApplyAnswer> {
    const { store, posted } = this.#options;
    const row = await store.readRoom(request.roomId);
    if (row?.owner?.kind === "git" && !request.override) return managedByGit(row, row.owner);
    const inputs = await posted.toInputs(request);
    if (inputs.kind === "rejected") return inputs;
    await store.write(inputs.changes);
    await this.#audit(request, "apply", {
      confirm: request.confirm,
      dryRun: request.dryRun,
      override: request.override,
      specDigest: request.digest,
    });
    if (request.dryRun) return this.#pass(request, inputs.inputs);
    const rejected = await this.#takeOver(request, inputs.inputs);
    if (rejected !== null) return rejected;
    return this.#pass(request, null, "git");
  }

  /** Stops managing a room that git does not manage: `deleteRoom`. */
  async deleteRoom(request: RoomCommand): Promise<CommandAnswer> {
    const end = await deleteRoom(request, {
      ...this.#options,
      record: (action, metadata) => this.#record(request, action, metadata),
    });
    switch (end.kind) {
      case "managed":
        return end.row.owner?.kind === "git"
          ? managedByGit(end.row, end.row.owner)
          : unknownRoom(request.roomId);
      case "unknown":
        return unknownRoom(request.roomId);
      case "orphaned":
      case "forgotten":
        return { kind: "done" };
    }
  }

  /**
   * A room that git manages stays git's; its own inputs come back with the next commit that touches it. Null when the room
   * was taken over, else why not: git may have claimed it a moment ago.
   */
  async #takeOver(request: ApplySpec, inputs: RoomInputs): Promise<CommandRejected | null> {
    const { store, rooms, owners, clock, steady } = this.#options;
    const { roomId } = request;
    let rejected: CommandRejected | null = null;
    await rooms.update([roomId], async (found) => {
      const before = found.get(roomId) ?? emptyRoom(roomId, null);
      if (before.owner?.kind === "git" && !request.override) {
        rejected = managedByGit(before, before.owner);
        return [];
      }
      const row = withPosted(before, inputs, toIso(clock.nowMs()));
      owners.set(roomId, standingFact(row));
      const history = observedRow(roomId, inputs, toIso(clock.nowMs()));
      return [
        { kind: "room", row },
        { kind: "history", row: history },
        ...(await withdrawnConfirmations(roomId, inputs, { store, steady })),
      ];
    });
    return rejected;
  }

  /** A room of nobody may be in a commit that was pushed a moment ago: every source is asked once. */
  async #pollAll(): Promise<void> {
    const { posted, pollSource } = this.#options;
    await Promise.all(
      posted.sourceNames.map(async (name) => pollSource(name)?.catch(() => undefined)),
    );
  }

  /** `trigger` is `git` where the room's newest spec is another one now: that supersedes a pass under way. */
  async #pass(
    request: ApplyRoom,
    posted: RoomInputs | null,
    trigger: "apply" | "git" = "apply",
  ): Promise<ApplyAnswer> {
    const { pending, queue } = this.#options;
    const { roomId, correlationId, actor, confirm, dryRun } = request;
    const asked = { correlationId, actor, confirm, dryRun, retry: !dryRun };
    const cause: PassCause = { trigger: "apply", ...asked, posted };
    const ended = new Promise<PassEnd>((resolve) => pending.add(roomId, { cause, ended: resolve }));
    queue.add(roomId, trigger);
    queue.add(roomId, "apply");
    const end = await ended;
    return end.kind === "report" ? end : rejectedBy(end.error);
  }

  /**
   * Nobody waits longer than `waitMs`, neither for a source nor for a pass: the request goes on by itself, and what goes
   * wrong with it then is told by whoever looks at sources or runs passes.
   */
  async #inTime(request: ApplyRoom, work: Promise<ApplyAnswer>): Promise<ApplyAnswer> {
    const { clock, waitMs } = this.#options;
    const timer = new AbortController();
    const late = clock.sleep(waitMs, timer.signal).then(
      () => accepted(request.correlationId, `not finished after ${waitMs / 1000} s`),
      () => work,
    );
    try {
      return await Promise.race([work, late]);
    } finally {
      timer.abort(new Error("answered"));
    }
  }

  async #audit(
    request: RoomCommand,
    action: string,
    metadata: Readonly<Record<string, JsonValue>>,
  ): Promise<void> {
    await this.#options.store.write([this.#record(request, action, metadata)]);
  }

  #record(
    request: RoomCommand,
    action: string,
    metadata: Readonly<Record<string, JsonValue>>,
  ): StoreChange {
    const record: AuditRecord = {
      type: "command",
      action,
      correlationId: request.correlationId,
      timestamp: toIso(this.#options.clock.nowMs()),
      operatorVersion: this.#options.operatorVersion,
      specVersion: null,
      metadata: { room: request.roomId, actor: request.actor, ...metadata },
    };
    return { kind: "audit", record };
  }
}

/** A posted spec is the room's newest; whatever was said of the one before no longer holds. */
function withPosted(before: RoomRow, inputs: RoomInputs, nowIso: string): RoomRow {
  const owner = before.owner?.kind === "git" ? before.owner : { kind: "api" as const };
  return {
    ...withOwner(before, owner, nowIso),
    overridden: owner.kind === "git",
    head: inputs,
    headProblem: null,
    quarantine: null,
    dryRun: null,
    observedRevision: inputs.revision,
    warnings: [],
    intentIgnored: [],
  };
}

function accepted(correlationId: string, reason: string): ApplyAnswer {
  return { kind: "accepted", correlationId, reason };
}

/** The pass did not come about: the store refused, or the agent stops. Anything else is a defect and is passed on. */
function rejectedBy(error: unknown): CommandRejected {
  if (error instanceof OperatorError) {
    return { kind: "rejected", status: 503, code: error.code, detail: messageOf(error) };
  }
  throw error;
}

function unknownRoom(roomId: string): CommandRejected {
  return {
    kind: "rejected",
    status: 404,
    code: "UnknownRoom",
    detail: `no source and no posted spec names room ${roomId}; push its spec, or post it as {"spec": …}`,
  };
}

function managedByGit(
  row: RoomRow,
  owner: { readonly source: string; readonly path: string },
): CommandRejected {
  return {
    kind: "rejected",
    status: 409,
    code: "ManagedByGit",
    detail:
      `room ${row.roomId} belongs to ${owner.path} of source ${owner.source}; change it there, ` +
      "or send X-Override: true, which suspends it from git until the next commit that touches it",
  };
}
