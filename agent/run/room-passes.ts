import type { Clock } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { OwnTrigger, Trigger } from "../kernel/trigger.ts";
import type { PassEnding } from "../queue/pass-ending.ts";
import type { Turn } from "../queue/worker-pool.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { Requeue } from "../reconcile/ended-pass.ts";
import { contestText } from "../room/contest-law.ts";
import type { PassCause, PassSignals } from "../reconcile/pass.ts";
import { driftFields } from "../reconcile/drift.ts";
import type { PassReport } from "../room/outcome.ts";
import { passFields, passLine, SaidWarnings, warningLine } from "./pass-line.ts";
import type { Reconciled, Reconciler } from "../reconcile/reconciler.ts";
import type { SyncTracker } from "../intake/sync-tracker.ts";
import type { Room } from "../room/room.ts";
import type { ReconcileMetrics } from "../telemetry/reconcile-metrics.ts";
import type { RunningSource } from "../trigger/running-source.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { FirstPolls } from "./first-polls.ts";
import type { LiveState } from "./live-state.ts";
import type { PendingRequest, PendingRequests } from "../request/pending-requests.ts";
import type { Replacements } from "../request/replacements.ts";

export interface RoomPassesOptions {
  /** Read as a pass begins, which keeps it; so is `intervalMs` as it ends. */
  readonly reconciler: Pick<Reconciler, "reconcile">;
  readonly queue: Pick<WorkQueue, "add" | "hasNewer" | "size">;
  readonly firstPolls: Pick<FirstPolls, "waitMs">;
  readonly requests: PendingRequests;
  readonly replacements: Pick<Replacements, "of" | "newest">;
  readonly state: LiveState;
  readonly metrics: Pick<ReconcileMetrics, "setQueue">;
  readonly tracker: SyncTracker;
  readonly sources: readonly RunningSource[];
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly log: Pick<Logger, "debug" | "error" | "info" | "warn">;
  /** `IntervalSeconds`: the least time between two interval passes of a room; null: no interval passes (`passive`). */
  readonly intervalMs: number | null;
  /** How long a running call may continue after shutdown began. */
  readonly graceMs: number;
}

/** Why a call under way is aborted: the agent stops and has waited long enough. */
const CUT_OFF = new OperatorError(
  "ShuttingDown",
  "the agent is stopping; ask again when it is back",
);

/** What a commit, an event or the interval asked for still stands: a dry run replaces no other pass. */
const UNSPENT: PassEnding = { kind: "unspent" };

/** Between the queue and the reconciler: gives each pass its cause and its signals, and the queue its answer. */
export class RoomPasses {
  readonly #options: RoomPassesOptions;
  readonly #running = new Map<string, Promise<PassEnding>>();
  readonly #warnings = new SaidWarnings();

  constructor(options: RoomPassesOptions) {
    this.#options = options;
  }

  /** Resolves when the passes over these rooms that run now have ended, however they end. */
  async ended(roomIds: readonly string[]): Promise<void> {
    await Promise.allSettled(roomIds.flatMap((roomId) => this.#running.get(roomId) ?? []));
  }

  /** One pass over one room. When the agent stops, the running action ends and no further one starts. */
  async handle(roomId: string, priority: Trigger, turn: Turn): Promise<PassEnding> {
    const pass = this.#handle(roomId, priority, turn);
    this.#running.set(roomId, pass);
    return pass.finally(() => this.#running.delete(roomId));
  }

  async #handle(roomId: string, priority: Trigger, turn: Turn): Promise<PassEnding> {
    const { reconciler, requests, queue, newId, firstPolls } = this.#options;
    const waitMs = priority === "apply" ? 0 : firstPolls.waitMs(roomId);
    if (waitMs > 0) return { kind: "after", priority: "interval", delayMs: waitMs };
    const asked = requests.take(roomId);
    const cause = causeOf(asked) ?? triggered(priority, newId);
    if (cause === null) return UNSPENT;
    const hard = this.#hardStop(turn.stopping);
    this.#begin(roomId);
    try {
      const signals = this.#signals(roomId, { turn, hard });
      const ended = await reconciler.reconcile(roomId, cause, signals);
      const { report, requeue, row, isChanged } = ended;
      await this.#answer(asked, report);
      this.#log(ended, cause);
      if (isChanged) await this.#noteSynced(row);
      return cause.dryRun ? UNSPENT : this.#toEnding(requeue);
    } catch (error) {
      for (const request of asked) request.ended({ kind: "error", error });
      if (error !== CUT_OFF && !cause.dryRun) throw error;
      if (error !== CUT_OFF) {
        this.#options.log.error({ error, room: roomId }, "pass failed");
        return UNSPENT;
      }
      this.#options.log.warn(
        { room: roomId },
        "pass cut off; its open intents are settled at the next start",
      );
      return { kind: "settled" };
    } finally {
      // Those that asked for something else wait for a pass of their own.
      if (requests.has(roomId)) queue.add(roomId, "apply");
      hard.abort(new Error("the pass has ended"));
      this.#end(roomId);
    }
  }

  /** Each request is answered under its own id, and about the inputs that it carried. */
  async #answer(asked: readonly PendingRequest[], report: PassReport): Promise<void> {
    const { replacements } = this.#options;
    for (const { cause, ended } of asked) {
      const { roomId, outcome } = report;
      const replacedBy =
        outcome.kind === "superseded"
          ? await replacements.newest(roomId)
          : await replacements.of(roomId, cause.carried);
      const { correlationId } = cause;
      ended({ kind: "report", report: { ...report, correlationId }, replacedBy });
    }
  }

  #begin(roomId: string): void {
    this.#options.state.reconciling.add(roomId);
    this.#report();
  }

  #end(roomId: string): void {
    this.#options.state.reconciling.delete(roomId);
    this.#report();
  }

  #report(): void {
    const { metrics, queue, state } = this.#options;
    metrics.setQueue({ queued: queue.size, active: state.reconciling.size });
  }

  /** The last room that held its source back has been verified: the source is synced. */
  async #noteSynced(row: Room): Promise<void> {
    const { tracker, sources } = this.#options;
    if (!tracker.note(row) || row.owner?.kind !== "git") return;
    const { source: name } = row.owner;
    await sources.find((source) => source.name === name)?.intake.record.noteSynced();
  }

  /** One line per pass that corrected drift, and one per pass that changed something in the room or in what is known of it. */
  #log({ report, row, isChanged, drift, contest }: Reconciled, { trigger }: PassCause): void {
    const { log } = this.#options;
    if (contest === "began" && row.contest)
      log.warn(
        { ...passFields(report, row), reason: "Contested", detail: contestText(row.contest) },
        "room contested",
      );
    if (contest === "ended") log.info(passFields(report, row), "room no longer contested");
    if (drift?.corrected === true)
      log.warn({ ...passFields(report, row), ...driftFields(drift) }, "drift corrected");
    else if (drift !== null && isChanged)
      log.warn({ ...passFields(report, row), ...driftFields(drift) }, "drift found");
    if (!isChanged) return;
    this.#logWarnings(report, row);
    const line = passLine(report, trigger, row);
    const { level, fields } = line;
    const isSaid = this.#warnings.isSaid(line, row);
    // A person who asked for the pass reads how it ended.
    if (isSaid && trigger !== "apply") log.debug(fields, "pass ended");
    else log[level](fields, "pass ended");
  }

  /** One line for each warning of the room that is news. */
  #logWarnings(report: PassReport, row: Room): void {
    const { log } = this.#options;
    for (const warning of this.#warnings.newsOf(row)) {
      const { level, fields } = warningLine(warning);
      log[level]({ ...passFields(report, row), ...fields }, "room has a warning");
    }
  }

  #signals(roomId: string, on: { turn: Turn; hard: AbortController }): PassSignals {
    const { stopping, saving, callsEnded } = on.turn;
    return {
      signal: on.hard.signal,
      saving,
      callsEnded,
      // A damaged store must not decide what to change: the running action ends, and no further one starts.
      stopping: () => stopping.aborted || this.#options.state.damage !== null,
      superseded: () => this.#options.queue.hasNewer(roomId),
    };
  }

  /** A call that outlives the grace period is aborted; its intent stays open and the next start settles it by reading. */
  #hardStop(stopping: AbortSignal): AbortController {
    const hard = new AbortController();
    const onStop = () => {
      this.#options.clock.sleep(this.#options.graceMs, hard.signal).then(
        () => hard.abort(CUT_OFF),
        // The pass ended in time.
        () => undefined,
      );
    };
    if (stopping.aborted) onStop();
    else stopping.addEventListener("abort", onStop, { once: true, signal: hard.signal });
    return hard;
  }

  #toEnding(requeue: Requeue): PassEnding {
    const { intervalMs } = this.#options;
    switch (requeue.kind) {
      case "interval":
        return intervalMs === null
          ? { kind: "settled" }
          : { kind: "after", priority: "interval", delayMs: intervalMs };
      case "now":
        return { kind: "again", priority: "git" };
      case "backoff":
        return { ...requeue, priority: "interval" };
      case "never":
        return { kind: "settled" };
    }
  }
}

/** The pass is that of the request that came first. */
function causeOf(asked: readonly PendingRequest[]): PassCause | undefined {
  const [first, ...others] = asked;
  if (first === undefined) return undefined;
  return { ...first.cause, alsoFor: others.map(({ cause }) => cause.correlationId) };
}

/** Null: the person who requested the pass went away before it began, so no cause is left. */
function triggered(priority: Trigger, newId: IdSource): PassCause | null {
  return priority === "apply" ? null : ownCause(priority, newId());
}

function ownCause(trigger: OwnTrigger, correlationId: string): PassCause {
  return {
    trigger,
    correlationId,
    actor: "operator",
    confirm: null,
    dryRun: false,
    retry: false,
    posted: null,
    carried: null,
    alsoFor: [],
  };
}
