import type { Clock } from "../kernel/clock.ts";
import { toIso } from "../kernel/clock.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import type { JsonValue } from "../kernel/json.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { PassCause } from "../reconcile/pass.ts";
import { withOwner } from "../room/judge-owner.ts";
import { observedRow } from "../intake/intake-rows.ts";
import type { RoomWriter } from "../store/room-writer.ts";
import { standingFact, type RoomOwners } from "../intake/source-index.ts";
import type { SyncTracker } from "../intake/sync-tracker.ts";
import { withdrawnByPost } from "../intake/withdrawn-confirmations.ts";
import type { RoomInputs, Room } from "../room/room.ts";
import type { Store, StoreChange } from "../store/store.ts";
import { meantRoom } from "../store/meant-room.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import { confirmAtArrival } from "../room/request-confirm.ts";
import { beforePost } from "./before-post.ts";
import { deleteRoom } from "./delete-room.ts";
import type { PendingRequests, RequestEnd } from "./pending-requests.ts";
import type { PostedInputs } from "./posted-inputs.ts";
import type { Replacements } from "./replacements.ts";
import {
  accepted,
  dropped,
  lateReason,
  managedByGit,
  OVERRIDE,
  REMOVE_FILE,
  rejectedBy,
  nothingToDelete,
  unknownRoom,
} from "./request-answers.ts";
import type { SourcePolls } from "./source-polls.ts";
import type {
  ApplyAnswer,
  ApplyRoom,
  ApplySpec,
  DeleteRoomAnswer,
  CommandRejected,
  Replacement,
  RoomCommand,
} from "./requests.ts";

export interface PersonRequestsOptions {
  readonly store: Store;
  readonly rooms: RoomWriter;
  readonly clock: Clock;
  /** What confirmations expire by. */
  readonly steady: Pick<SteadyTime, "nowMs">;
  readonly trail: AuditTrail;
  readonly queue: Pick<WorkQueue, "add">;
  readonly pending: PendingRequests;
  readonly owners: RoomOwners;
  readonly tracker: Pick<SyncTracker, "forget">;
  readonly posted: PostedInputs;
  readonly sourcePolls: SourcePolls;
  readonly replacements: Replacements;
  /** Called when a room is released: a source whose file names it may take it over. */
  readonly released: (roomIds: readonly string[]) => void;
  /** How long an answer is waited for, in ms. */
  readonly waitMs: number;
}

/** The sources that a request waits for. */
interface Stage {
  polling: readonly string[];
}

interface Asked<R extends ApplyRoom> {
  readonly request: R;
  /** Aborted when the caller goes away. */
  readonly gone: AbortSignal;
  readonly stage: Stage;
}

type PassAsked = Pick<Asked<ApplyRoom>, "request" | "gone"> &
  Pick<PassCause, "confirm" | "posted" | "carried">;

const NEVER = new AbortController().signal;

/** What people ask for over HTTP: each request becomes a pass of its own, through the same queue as everything else. */
export class PersonRequests {
  readonly #options: PersonRequestsOptions;

  constructor(options: PersonRequestsOptions) {
    this.#options = options;
  }

  /** Reconciles a room from what owns it now. Its source is polled first, so that a push made before the request counts. */
  applyRoom(request: ApplyRoom, gone: AbortSignal = NEVER): Promise<ApplyAnswer> {
    const stage: Stage = { polling: [] };
    return this.#inTime({ request, stage }, this.#applyRoom({ request, gone, stage }));
  }

  async #applyRoom({ request, gone, stage }: Asked<ApplyRoom>): Promise<ApplyAnswer> {
    const { store, sourcePolls } = this.#options;
    const row = await store.readRoom(request.roomId);
    // What the person has seen is what was published before anything else happened.
    const confirm = confirmAtArrival(request.confirm, row, null);
    stage.polling = sourcePolls.of(row);
    const notPolled = await sourcePolls.poll(request.roomId, stage.polling);
    stage.polling = [];
    if (row === null && (await store.readRoom(request.roomId)) === null)
      return unknownRoom(request.roomId, await this.#meant(request), notPolled);
    if (gone.aborted) return dropped(request);
    await this.#audit(request, "apply", { confirm: request.confirm, dryRun: request.dryRun });
    const end = await this.#pass({ request, gone, confirm, posted: null, carried: null });
    return end.kind === "report" ? { ...end, notPolled: sourcePolls.dated(notPolled) } : end;
  }

  /** Makes a posted spec the desired state of a room that no source claims, and reconciles it. */
  applySpec(request: ApplySpec, gone: AbortSignal = NEVER): Promise<ApplyAnswer> {
    const stage: Stage = { polling: [] };
    const apply = () => this.#applySpec({ request, gone, stage });
    return this.#inTime({ request, stage }, this.#options.store.holdSeeds(apply));
  }

  async #applySpec({ request, gone }: Asked<ApplySpec>): Promise<ApplyAnswer> {
    const { store, posted } = this.#options;
    const row = await store.readRoom(request.roomId);
    if (row?.owner?.kind === "git" && !request.override)
      return managedByGit(row, row.owner, OVERRIDE);
    const made = await posted.toInputs(request);
    if (made.kind === "rejected") return made;
    const { inputs, changes } = made;
    const confirm = confirmAtArrival(request.confirm, row, inputs.digest);
    if (gone.aborted) return dropped(request);
    await store.write(changes);
    await this.#audit(request, "apply", {
      confirm: request.confirm,
      dryRun: request.dryRun,
      override: request.override,
      specDigest: request.digest,
    });
    const asked = { request, gone, confirm };
    if (request.dryRun) return this.#pass({ ...asked, posted: inputs, carried: null });
    const rejected = await this.#takeOver(request, inputs);
    if (rejected !== null) return rejected;
    return this.#pass({ ...asked, posted: null, carried: inputs });
  }

  /** Stops managing a room that git does not manage: `deleteRoom`. */
  async deleteRoom(request: RoomCommand): Promise<DeleteRoomAnswer> {
    const { roomId, correlationId } = request;
    const end = await deleteRoom(request, {
      ...this.#options,
      record: (action, metadata) => {
        this.#options.replacements.note(roomId, { digest: null, id: correlationId });
        return this.#record(request, action, metadata);
      },
    });
    switch (end.kind) {
      case "managed":
        if (end.row.owner?.kind === "git") return managedByGit(end.row, end.row.owner, REMOVE_FILE);
        return nothingToDelete(roomId, await this.#meant(request));
      case "unknown":
        return nothingToDelete(roomId, await this.#meant(request));
      case "orphaned":
      case "forgotten":
        return { kind: end.kind };
    }
  }

  #meant({ roomId }: Pick<RoomCommand, "roomId">): Promise<string> {
    return meantRoom(roomId, this.#options.store, ";");
  }

  /**
   * A room that git manages stays git's; its own inputs come back with the next commit that touches it. Null when the room
   * was taken over, else why not: git may have claimed it a moment ago.
   */
  async #takeOver(request: ApplySpec, inputs: RoomInputs): Promise<CommandRejected | null> {
    const { store, rooms, owners, clock, replacements } = this.#options;
    const { roomId } = request;
    return rooms.update<CommandRejected | null>([roomId], async (found) => {
      const { before, taken } = await beforePost(roomId, found.get(roomId) ?? null, store);
      if (before.owner?.kind === "git" && !request.override)
        return { changes: [], result: managedByGit(before, before.owner, OVERRIDE) };
      const row = withPosted(before, inputs, toIso(clock.nowMs()));
      replacements.note(roomId, { digest: inputs.digest, id: request.correlationId });
      owners.set(roomId, standingFact(row));
      const history = observedRow(roomId, inputs, toIso(clock.nowMs()));
      const by = { roomId, correlationId: request.correlationId };
      const changes: readonly StoreChange[] = [
        { kind: "room", row },
        { kind: "history", row: history },
        ...taken,
        ...(await withdrawnByPost({ before, inputs }, by, this.#options)),
      ];
      return { changes, result: null };
    });
  }

  /** New inputs (`carried`) supersede a pass under way. */
  async #pass(asked: PassAsked): Promise<ApplyAnswer> {
    const { pending, queue } = this.#options;
    const { request, gone, confirm, posted, carried } = asked;
    const { roomId, correlationId, actor, dryRun } = request;
    const cause: PassCause = {
      trigger: "apply",
      correlationId,
      actor,
      confirm,
      dryRun,
      retry: !dryRun,
      posted,
      carried,
      alsoFor: [],
    };
    const ended = new Promise<RequestEnd>((resolve) =>
      pending.add(roomId, { cause, gone, ended: resolve }),
    );
    if (carried !== null) queue.add(roomId, "git");
    queue.add(roomId, "apply");
    const end = await ended;
    if (end.kind === "dropped") return dropped(request);
    if (end.kind === "error") return rejectedBy(end.error);
    if (carried !== null && end.replacedBy !== null)
      await this.#superseded(request, end.replacedBy);
    return { ...end, notPolled: [] };
  }

  async #superseded(request: ApplyRoom, by: Replacement): Promise<void> {
    const { revision, correlationId } = by;
    await this.#audit(request, "apply.superseded", { by: { revision, correlationId } });
  }

  /**
   * Answers within `waitMs`, whether the source or the pass has ended or not. The request continues in the background;
   * the poller or the worker pool reports its failure.
   */
  async #inTime(
    { request, stage }: { readonly request: ApplyRoom; readonly stage: Stage },
    work: Promise<ApplyAnswer>,
  ): Promise<ApplyAnswer> {
    const { clock, waitMs } = this.#options;
    const timer = new AbortController();
    const late = clock.sleep(waitMs, timer.signal).then(
      () => accepted(request.correlationId, lateReason(stage, waitMs)),
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
    const { roomId: room, actor, correlationId } = request;
    const { trail } = this.#options;
    return trail.command(action, { room, actor, ...metadata }, { correlationId });
  }
}

/** A posted spec is the room's newest; whatever was said of the one before no longer holds. */
function withPosted(before: Room, inputs: RoomInputs, nowIso: string): Room {
  const owner = before.owner?.kind === "git" ? before.owner : { kind: "api" as const };
  // Git's spec is not what is posted: it stays a dry run for when it counts again.
  const { dryRun, head } = before;
  const dryRunLeft = dryRun === null ? before.dryRunLeft : { oid: head?.specOid ?? "", ...dryRun };
  return {
    ...withOwner(before, owner, nowIso),
    dryRunLeft,
    overridden: owner.kind === "git",
    overriddenFile: owner.kind === "git" ? overriddenFile(before) : before.overriddenFile,
    head: inputs,
    headProblem: null,
    quarantine: null,
    dryRun: null,
    observedRevision: inputs.revision,
    warnings: [],
    intentIgnored: [],
  };
}

/** What the room's file said: one that says something else while the posted spec replaces it is news. */
function overriddenFile(before: Room): Room["overriddenFile"] {
  const { headProblem, head, overridden } = before;
  if (headProblem !== null) return "unusable";
  if (overridden) return before.overriddenFile;
  return head === null ? "unusable" : { digest: head.digest, specOid: head.specOid };
}
