import type { RoomIntents } from "../intent/commit-intents.ts";
import { toIso } from "../kernel/clock.ts";
import { KeyedLock } from "../kernel/keyed-lock.ts";
import type { HeadDoubt, SourceFailure } from "../source/spec-source.ts";
import { headName, observedNameOf, toRevision } from "../room/revision.ts";
import type { SourceRow } from "../room/rows.ts";
import { acceptHead, type AcceptHead, type Accepted } from "./accept-head.ts";
import { comparedHeads, laggingReplica, movedReason, unrelatedHistory } from "./head-failures.ts";
import type { IntakeDeps, IntakeSource } from "./intake-deps.ts";
import { sourceAt } from "./inherit-confirms.ts";
import { isKnownCommit } from "./known-commit.ts";
import { knownPast } from "./known-past.ts";
import { LagWatch, lookNow, type HeadLook } from "./lag-watch.ts";
import { loadIndex, type IndexedFile, type SourceIndex } from "./source-index.ts";
import { SnapshotIntake } from "./snapshot-intake.ts";
import { errorAfter, SourcePast, type LookEnd } from "./source-past.ts";
import { SourceRecord } from "./source-record.ts";
import { sourceAudit } from "./source-audit.ts";
import { confirmedAt } from "./source-row-after.ts";
import { watchSource } from "./source-watch.ts";
import { verifyHead } from "./verify-head.ts";

/** A server that did not give all of a history may do so later. */
const RECHECK_MS = 600_000;

export type SyncEnd = { readonly kind: "synced"; readonly head: string } | SourceFailure;

/**
 * Ingests snapshots of one source: the desired state of each room is written first, then a pass over the room is requested.
 * After a crash in between the same snapshot is ingested again, which changes nothing that was done.
 */
export class Intake {
  readonly #source: IntakeSource;
  readonly #deps: IntakeDeps;
  readonly #index: SourceIndex;
  /** An ingestion and a reassessment of the current snapshot must not overlap. */
  readonly #lock = new KeyedLock();
  readonly #record: SourceRecord;
  /** Whether it was judged in this process who owns what: the configuration and other sources may have changed since. */
  #isAssessed = false;
  readonly #lag: LagWatch;
  readonly #past: SourcePast;
  /** When a history of which not all could be read is compared once more (monotonic ms). */
  #recheckMs = 0;
  /** A head that does not count (no spec left), and why: it need not be read again while it stays. */
  #held: { readonly head: string; readonly failure: SourceFailure } | null = null;

  private constructor(
    source: IntakeSource,
    deps: IntakeDeps,
    known: { row: SourceRow; index: SourceIndex },
  ) {
    this.#source = source;
    this.#deps = deps;
    this.#record = new SourceRecord(known.row, deps.store, watchSource(deps, source));
    this.#index = known.index;
    this.#lag = new LagWatch(deps.staleToleranceMs);
    this.#past = new SourcePast(known.row.lastGood);
  }

  /** Reads what the store knows of the source. A source that now points elsewhere starts without a previous head. */
  static async open(source: IntakeSource, deps: IntakeDeps): Promise<Intake> {
    const row = sourceAt(source, await deps.store.readSource(source.name));
    const index = await loadIndex(source.name, deps);
    return new Intake(source, deps, { row, index });
  }

  /** See `SourceIndex.pathsOf`. */
  pathsOf(roomId: string, brokenAt?: string): readonly string[] {
    return this.#index.pathsOf(roomId, brokenAt);
  }

  /** The spec files of the newest snapshot. */
  get files(): Iterable<IndexedFile> {
    return this.#index.files();
  }

  get name(): string {
    return this.#source.name;
  }

  /** How a head that was polled is written. */
  revisionOf(head: string): string {
    const { row } = this.#record;
    const name = head === row.observedHead ? observedNameOf(row) : this.#nameOf(row.unrelated?.tag);
    return toRevision(name, head);
  }

  /** The head of the newest snapshot that counts; null before the first. */
  get observedHead(): string | null {
    return this.#record.row.observedHead;
  }

  /** See `isKnownCommit`. */
  knows(commit: string): boolean {
    return isKnownCommit(this.#record.row, commit);
  }

  /** False while rooms may be at a head that was ingested in part and never counted, or that was read by other patterns. */
  get isWhole(): boolean {
    const { takingIn, patterns = "" } = this.#record.row;
    return takingIn === null && patterns === (this.#source.patternsText ?? "");
  }

  /** Why this head does not count, if that was found before. */
  heldAt(head: string): SourceFailure | null {
    const { unrelated } = this.#record.row;
    const isFinal = unrelated?.whole === true || this.#deps.clock.monotonicMs() < this.#recheckMs;
    if (unrelated?.head === head && !unrelated.accepted && isFinal) {
      return { kind: "failed", reason: "UnrelatedHistory", message: unrelated.message };
    }
    return this.#held?.head === head ? this.#held.failure : null;
  }

  /** True while a head waits for a second look, which must use a new connection. */
  get isDoubting(): boolean {
    return this.#lag.isDoubting;
  }

  /** The server gave another answer. */
  forgetDoubt(): void {
    this.#lag.clear();
  }

  /**
   * Brings a new head in; `look` says how it was found. Rejects with the store's `StoreUnavailable` and with the reason of
   * `signal`.
   */
  sync(head: string, signal: AbortSignal, look?: HeadLook): Promise<SyncEnd> {
    const sync = () => this.#sync(head, signal, look ?? lookNow(this.#deps.clock));
    return this.#lock.run([this.name], () => this.#deps.store.holdSeeds(sync));
  }

  /** A person follows a head that shares no commit with the ingested one. The next look brings it in. */
  async accept(request: AcceptHead): Promise<Accepted> {
    let answer: Accepted = { kind: "notPending" };
    await this.#record.update((now) => {
      const accepting = acceptHead(now, request, this.#deps);
      ({ answer } = accepting);
      return accepting.update;
    });
    return answer;
  }

  /** Decides the owners again; with `released`, rooms of another source, only where a file names one, be it one that is being ingested. */
  reassess(released?: readonly string[]): Promise<void> {
    const isAsked = () => released?.some((roomId) => this.pathsOf(roomId).length > 0) ?? true;
    return this.#lock.run([this.name], async () => (isAsked() ? this.#reassess() : undefined));
  }

  /**
   * The source was asked, and its head is the one that was ingested. The first time in a process that is when its files may
   * claim what they name: an older snapshot must not take a room over.
   */
  async confirmHead(tag?: string): Promise<void> {
    const name = this.#nameOf(tag);
    await this.#record.update((now) => confirmedAt(now, name, this.#deps));
    if (!this.#isAssessed) await this.reassess();
  }

  /** See `verifyHead`. */
  verifyHead(signal: AbortSignal): Promise<SourceFailure | null> {
    return verifyHead(this.#source, { record: this.#record, deps: this.#deps }, signal);
  }

  /** See `SnapshotIntake.takeIntents`. */
  takeIntents(intents: RoomIntents): Promise<void> {
    return this.#lock.run([this.name], async () => this.#current()?.takeIntents(intents));
  }

  async #reassess(): Promise<void> {
    const snapshot = this.#current();
    if (snapshot === null) return;
    await snapshot.reassess();
    this.#isAssessed = true;
  }

  #current(): SnapshotIntake | null {
    const head = this.observedHead;
    return head === null ? null : this.#snapshotOf(head, observedNameOf(this.#record.row));
  }

  #nameOf(tag: string | undefined): string | null {
    return headName(this.#source.ref, tag ?? null);
  }

  #snapshotOf(head: string, name: string | null): SnapshotIntake {
    const given = {
      source: this.#source,
      record: this.#record,
      index: this.#index,
      head,
      name,
      revision: toRevision(name, head),
      correlationId: this.#deps.newId(),
      isAssessed: this.#isAssessed,
    };
    return new SnapshotIntake(given, this.#deps);
  }

  async #sync(head: string, signal: AbortSignal, look: HeadLook): Promise<SyncEnd> {
    const lag = this.#lag.judge(head, look);
    if (lag.kind === "wait")
      return laggingReplica(comparedHeads(this.#record.row, head, look), lag.leftMs);
    const believesAncestor = lag.kind === "confirmed" || this.#source.spec.withoutCommits === true;
    if (this.#isBackFromHalf(head) && !believesAncestor) return this.#doubtReplica(head, look);
    const snapshot = this.#snapshotOf(head, this.#nameOf(look.tag));
    const result = await this.#source.spec.sync(
      {
        head,
        previous: this.observedHead,
        ...(await knownPast(this.#record.row, { head, believesAncestor }, this.#deps)),
        known: this.observedHead === null ? [] : [...this.#index.files()],
        onCommits: async (range) => {
          await this.#deps.onPassPoint?.({ point: "fetched", roomId: null });
          await snapshot.takeCommits(range, signal);
        },
        onSeed: (seed) => this.#deps.store.write([{ kind: "seed", ...seed }]),
        onFiles: (files) => snapshot.takeFiles(files),
      },
      signal,
    );
    if (result.kind === "failed") return result;
    if (result.kind === "doubted") {
      const { doubt } = result;
      if (doubt.kind === "ancestor") return this.#doubtReplica(head, look);
      return this.#holdUnrelated(head, look, doubt);
    }
    const end = await snapshot.finish(result, signal);
    if (!end.counts) {
      this.#held = { head, failure: end.failure };
      return end.failure;
    }
    this.#held = null;
    this.#isAssessed = true;
    if (end.isOvertaken) await this.#reassess();
    await this.#source.spec.settle(head, signal);
    return { kind: "synced", head };
  }

  /** Rooms may be at a head that never counted, and the server is back at the one before it. */
  #isBackFromHalf(head: string): boolean {
    const { observedHead, takingIn } = this.#record.row;
    return takingIn !== null && takingIn !== head && head === observedHead;
  }

  #doubtReplica(head: string, look: HeadLook): SourceFailure {
    return laggingReplica(comparedHeads(this.#record.row, head, look), this.#lag.doubt(head, look));
  }

  async #holdUnrelated(
    head: string,
    look: HeadLook,
    doubt: Extract<HeadDoubt, { kind: "unrelated" }>,
  ): Promise<SourceFailure> {
    const { row } = this.#record;
    const after = row.unrelated?.after ?? movedReason(row.lastError);
    const { followedSince } = row;
    const compared = { ...comparedHeads(row, head, look), followedSince };
    const failure = unrelatedHistory(compared, doubt, after);
    const { whole } = doubt;
    const { message } = failure;
    const found = look.tag === undefined ? {} : { tag: look.tag };
    const unrelated = { head, ...found, whole, message, after, accepted: false };
    this.#recheckMs = this.#deps.clock.monotonicMs() + RECHECK_MS;
    await this.#record.update((now) => ({ row: { ...now, unrelated } }));
    return failure;
  }

  /** The failure of a look, in words that know until when the source worked. Once per look. */
  dated(failure: SourceFailure): SourceFailure {
    return this.#past.seen(failure);
  }

  /** Notes how the last look ended; writes only what changed. True when the source began or ceased to fail, or why changed. */
  async note(end: LookEnd): Promise<boolean> {
    const nowIso = toIso(this.#deps.clock.nowMs());
    let hasOtherReason = false;
    const isOk = end.kind === "ok";
    if (isOk) this.#lag.clear();
    await this.#record.update((now) => {
      const lastError = errorAfter(now.lastError, end, nowIso);
      const unrelated = isOk ? null : now.unrelated;
      const lastGood = this.#past.lastGoodAfter(now.lastGood, end, nowIso);
      const isSame = lastError === now.lastError && unrelated === now.unrelated;
      if (isSame && lastGood === now.lastGood) return null;
      hasOtherReason = lastError?.reason !== now.lastError?.reason;
      const changes = hasOtherReason ? [sourceAudit(now, lastError, this.#deps)] : [];
      return { row: { ...now, lastError, unrelated, lastGood }, changes };
    });
    return hasOtherReason;
  }

  /** The row of the source, and what is written to it from outside. */
  get record(): Pick<SourceRecord, "row" | "noteSynced" | "inheritConfirms"> {
    return this.#record;
  }
}
