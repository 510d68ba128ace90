import { OperatorError, messageOf } from "../kernel/errors.ts";
import type { RoomInputs, Room } from "../room/room.ts";
import type { ReconcileMetrics } from "../telemetry/reconcile-metrics.ts";
import { chooseDesired, isQuarantined, type DesiredChoice } from "../room/choose-desired.ts";
import type { ContestNews, Drift, EndedAttempt, Requeue, Summary } from "./ended-pass.ts";
import { countCorrections } from "./contest.ts";
import { namesDmVisibility } from "./dm-visibility.ts";
import { emptyDesired, loadDesiredRoom } from "./desired-room.ts";
import { isRoomAllowed, toAttempt } from "./room-rules.ts";
import type { Outcome, PassReport } from "../room/outcome.ts";
import {
  endingAt,
  type Ending,
  type PassCause,
  type PassSignals,
  type ReconcileDeps,
  type Attempt,
} from "./pass.ts";
import { closedGate } from "../room/write-gate.ts";
import { emptyRoom } from "../room/empty-room.ts";
import { acceptRequest } from "./accept-request.ts";
import { isOutdatedAlone } from "./pass-confirmations.ts";
import { withTrust, type Trust } from "../room/judge-read.ts";
import { resumeRollback } from "./phases/rollback.ts";
import { asPruned, isPrune, newestInputs, pendingPrune } from "../room/prune.ts";
import { runPipeline } from "./pipeline.ts";
import { inEpoch } from "../room/plan-epoch.ts";
import { reportPass } from "./report-pass.ts";
import { settleOpenIntents } from "./sending/settle-open-intents.ts";
import { supersededReport, summarize } from "./summarize.ts";

export interface Reconciled {
  readonly report: PassReport;
  readonly requeue: Requeue;
  /** The room as it is known now. */
  readonly row: Room;
  /** False when the pass found everything as the last one left it. */
  readonly isChanged: boolean;
  /** The drift; null: none, or none that was not reported before. */
  readonly drift: Drift | null;
  readonly contest: ContestNews;
}

/**
 * One full pass over one room. Level-triggered: it re-reads what is wanted and what is there and does not ask what
 * happened in between; a pass too many is harmless. Rejects only with the reason of an aborted signal, with the store's
 * `StoreUnavailable`, and with a defect of ours.
 */
export class Reconciler {
  readonly #deps: ReconcileDeps;
  readonly #metrics: ReconcileMetrics;

  constructor(deps: ReconcileDeps, metrics: ReconcileMetrics) {
    this.#deps = deps;
    this.#metrics = metrics;
  }

  /** What the room needs as it begins, it has to the end, whatever becomes of the room meanwhile. */
  reconcile(roomId: string, cause: PassCause, signals: PassSignals): Promise<Reconciled> {
    return this.#deps.store.holdSeeds(() => this.#reconcile(roomId, cause, signals));
  }

  async #reconcile(roomId: string, cause: PassCause, signals: PassSignals): Promise<Reconciled> {
    const deps = this.#deps;
    const startedMs = deps.clock.monotonicMs();
    // Read before the room: none of them belongs to a spec that the pass has not seen.
    const standing = await deps.store.readConfirmations(roomId, deps.steady.nowMs());
    const known = await deps.store.readRoom(roomId);
    const found = known ?? inEpoch(unknownRoom(roomId, cause), await deps.store.readPlanEpoch());
    if (isReplaced(cause.carried, found)) return replaced(found, cause);
    this.#metrics.reconcileStarted();
    const taken = await this.#takeUp(found, { cause, signals });
    const row = this.#asPruned(taken.row, cause);
    const before = cause.posted === null ? row : withPosted(row, cause.posted);
    const choice = chooseDesired(before, cause.dryRun);
    const attempts = await this.#attempts(before, choice, taken);
    signals.callsEnded();
    const durationMs = deps.clock.monotonicMs() - startedMs;
    const ended = { row, cause, problem: choice.problem, attempts, durationMs };
    const corrected = countCorrections(ended, deps);
    const confirmed = await this.#confirmedBy(row, cause);
    const endedPass = { ...ended, corrected, standing, confirmed };
    const summary = summarize(endedPass, deps);
    // A request's dry run, or its wrong name of a plan that does nothing, is answered and leaves no trace in the room's status; of an unknown room there is none.
    const isIdleRefusal = isOutdatedAlone(attempts);
    const leavesNoTrace = cause.dryRun || known === null || isIdleRefusal;
    const written = leavesNoTrace ? row : await this.#write(row, summary);
    const isChanged = written !== row;
    if (isChanged) await deps.onPassPoint?.({ point: "concluded", roomId });
    const { report } = summary;
    const requeue: Requeue =
      known === null ? { kind: "never" } : isIdleRefusal ? { kind: "now" } : summary.requeue;
    reportPass(this.#metrics, { ...endedPass, outcome: report.outcome }, deps.clock.nowMs());
    const drift = leavesNoTrace ? null : summary.drift;
    const contest = leavesNoTrace ? null : summary.contest;
    // One correction after it must not begin another contest.
    if (contest === "ended") deps.corrections.forget(roomId);
    return { report, requeue, row: isChanged ? written : taken.row, isChanged, drift, contest };
  }

  /** A room whose source does not prune any more is an orphan like others. */
  #asPruned(row: Room, { posted }: PassCause): Room {
    const mark = pendingPrune(row);
    const prunes = mark !== null && posted === null && this.#deps.options.prunes(mark.source);
    return prunes ? asPruned(row) : row;
  }

  /** How many requests were confirmed in the room with this one. */
  async #confirmedBy(row: Room, { confirm }: PassCause): Promise<number> {
    const now = confirm === null ? null : await this.#deps.store.readRoom(row.roomId);
    return (now ?? row).confirmedRequests;
  }

  /** What was left open is settled first. What the request lifts is not done for inputs that it did not carry. */
  async #takeUp(found: Room, asked: Pick<Run, "cause" | "signals">): Promise<TakenUp> {
    const { cause } = asked;
    const settled = await settleOpenIntents({ row: found, ...asked }, this.#deps);
    if (settled.kind === "failed") return { row: found, end: settled };
    const { row: before } = settled;
    if (isReplaced(cause.carried, before)) return { row: before, end: SUPERSEDED };
    const { row, lift } = await acceptRequest(before, cause, this.#deps);
    const run = { ...asked, lift: lift && { before, lift } };
    return isReplaced(cause.carried, row) ? { row, end: SUPERSEDED } : { row, end: null, run };
  }

  /** Gives back the very row it got when nothing was news. */
  async #write(before: Room, { row: after, changed, changes }: Summary): Promise<Room> {
    if (changed) return this.#deps.rooms.writePass({ before, after }, changes);
    if (changes.length > 0) await this.#deps.store.write(changes);
    return before;
  }

  /** None where the room could not be taken up; a rollback that was cut off before anything else is done to the room. */
  async #attempts(
    row: Room,
    choice: DesiredChoice,
    taken: TakenUp,
  ): Promise<readonly EndedAttempt[]> {
    if (taken.end !== null) return unsettled(row, taken.end);
    const { run } = taken;
    if (isUndoOpen(row, run.cause, this.#deps)) return [await this.#resume(row, run)];
    return this.#runAttempts(row, choice, run);
  }

  /** Head first; then, where head may not be applied, what is enforced meanwhile. */
  async #runAttempts(
    row: Room,
    { candidate, fallback }: DesiredChoice,
    run: Run,
  ): Promise<readonly EndedAttempt[]> {
    if (row.owner === null && run.cause.posted === null) return [];
    const attempts: EndedAttempt[] = [];
    if (candidate !== null) {
      const target = { inputs: candidate.inputs, mode: candidate.mode, isHead: true };
      attempts.push(await this.#runAttempt(row, target, run));
    }
    if (fallback !== null && !isAccepted(attempts[0]?.ending)) {
      const confirm = candidate === null ? run.cause.confirm : null;
      const lift = candidate === null ? run.lift : null;
      const mode = run.cause.dryRun ? "plan" : "apply";
      const target = { inputs: fallback, mode, isHead: false } as const;
      const trust = attempts[0]?.ending.trust ?? null;
      const known = trust === null ? row : withTrust(row, trust);
      attempts.push(
        await this.#runAttempt(known, target, { ...run, lift, cause: { ...run.cause, confirm } }),
      );
    }
    return attempts;
  }

  async #resume(row: OpenUndoRow, run: Run): Promise<EndedAttempt> {
    const inputs = newestInputs(row) ?? row.head;
    const target = { inputs, mode: "apply", isHead: true } as const;
    return this.#runAttempt(row, target, { ...run, resumes: true });
  }

  async #runAttempt(row: Room, target: Target, run: Run): Promise<EndedAttempt> {
    const { inputs, isHead } = target;
    try {
      const attempt = await this.#toAttempt(row, target, run);
      const ending =
        run.resumes === true
          ? await resumeRollback(attempt, this.#deps)
          : await runPipeline(attempt, this.#deps, this.#metrics);
      const said = { namesDmVisibility: namesDmVisibility(attempt.desired), drift: attempt.drift };
      return { inputs, isHead, ...said, ending };
    } catch (error) {
      if (error instanceof OperatorError && error.code === "DesiredStateLost") {
        return withoutSpec(inputs, isHead, endingAt("PLANNING", lostOutcome(error)));
      }
      throw error;
    }
  }

  async #toAttempt(row: Room, target: Target, run: Run): Promise<Attempt> {
    const { store, fingerprints } = this.#deps;
    const desired = isPrune(target.inputs)
      ? emptyDesired(row.roomId, target.inputs)
      : await loadDesiredRoom(target.inputs, store, fingerprints);
    return toAttempt({ row, ...target, desired, ...run }, this.#deps);
  }
}

interface Run extends Pick<Attempt, "cause" | "signals" | "lift"> {
  /** True: continues a rollback instead of running the pipeline. */
  readonly resumes?: boolean;
}

/** A room as a pass takes it up, or how the pass ends before it plans. */
type TakenUp =
  | { readonly row: Room; readonly end: null; readonly run: Run }
  | { readonly row: Room; readonly end: UnsettledEnd };

interface UnsettledEnd {
  readonly outcome: Outcome;
  readonly trust: Trust | null;
}

const SUPERSEDED: UnsettledEnd = { outcome: { kind: "superseded" }, trust: null };

/** A newer post, a commit or a deletion took the place of the inputs that the request carried. */
function isReplaced(carried: RoomInputs | null, { owner, head }: Room): boolean {
  return carried !== null && (owner === null || head?.digest !== carried.digest);
}

/** Nothing is done for a request whose inputs are not the room's newest any more: those have a pass of their own. */
function replaced(row: Room, cause: PassCause): Reconciled {
  const { roomId } = row;
  const report = supersededReport({ roomId, correlationId: cause.correlationId });
  return { report, requeue: { kind: "now" }, row, isChanged: false, drift: null, contest: null };
}

type OpenUndoRow = Room & { readonly head: RoomInputs };

interface Target {
  readonly inputs: RoomInputs;
  readonly mode: Attempt["mode"];
  readonly isHead: boolean;
}

/** A rollback was cut off, and the agent may continue it now. */
function isUndoOpen(row: Room, cause: PassCause, deps: ReconcileDeps): row is OpenUndoRow {
  if (!isQuarantined(row) || row.quarantine.pending.length === 0) return false;
  const isOpen = closedGate(deps.gates, row) === null && isRoomAllowed(row, deps);
  const mayWrite = row.owner !== null && isOpen && !cause.dryRun;
  return mayWrite && deps.options.rollback.mode === "on-critical";
}

/** Head was carried out, or tried: no older inputs are enforced in its place. */
function isAccepted(ending: Ending | undefined): boolean {
  if (ending === undefined) return false;
  const { outcome } = ending;
  return outcome.kind === "failed"
    ? outcome.reason !== "DesiredStateLost"
    : outcome.kind !== "refused" && outcome.kind !== "planned";
}

/** A posted spec is judged by itself, whatever is wrong with the room's own. */
function withPosted(row: Room, posted: RoomInputs): Room {
  return { ...row, head: posted, headProblem: null, prune: null };
}

/** The pass ends before it plans: the open intents could not be settled, or its inputs were replaced. */
function unsettled(row: Room, { outcome, trust }: UnsettledEnd): readonly EndedAttempt[] {
  const inputs = row.head ?? row.enforced;
  return inputs === null
    ? []
    : [withoutSpec(inputs, true, endingAt("PLANNING", outcome, { trust }))];
}

/** The attempt of a pass that did not come as far as its spec. */
function withoutSpec(inputs: RoomInputs, isHead: boolean, ending: Ending): EndedAttempt {
  return { inputs, isHead, namesDmVisibility: false, ending };
}

function lostOutcome(error: OperatorError): Outcome {
  return {
    kind: "failed",
    reason: "DesiredStateLost",
    message: messageOf(error),
    status: null,
    retryAfterMs: null,
  };
}

/** A room no row speaks of: a spec is being tried on it, or a trigger outlived it. */
function unknownRoom(roomId: string, cause: PassCause): Room {
  return emptyRoom(roomId, cause.posted === null ? null : { kind: "api" });
}
