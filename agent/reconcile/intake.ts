import { toIso } from "../kernel/clock.ts";
import { KeyedLock } from "../kernel/keyed-lock.ts";
import type { SourceFailure } from "../source/spec-source.ts";
import { toRevision } from "../source/spec-source.ts";
import type { FileRow, SourceRow } from "../store/rows.ts";
import type { IntakeDeps, IntakeSource } from "./intake-deps.ts";
import { SourceIndex } from "./source-index.ts";
import { SnapshotIntake } from "./snapshot-intake.ts";
import { SourceRecord } from "./source-record.ts";
import { sourceAudit } from "./source-audit.ts";
import { watchSource } from "./source-watch.ts";

export type SyncEnd = { readonly kind: "synced"; readonly head: string } | SourceFailure;

/**
 * Takes snapshots of one source in: what each room should be becomes durable first, then its room is asked for a pass. A
 * crash in between is mended by taking the same snapshot in again, which changes nothing that was done.
 */
export class Intake {
  readonly #source: IntakeSource;
  readonly #deps: IntakeDeps;
  readonly #index: SourceIndex;
  /** A snapshot being taken in and a new look at the present one must not mix. */
  readonly #lock = new KeyedLock();
  readonly #record: SourceRecord;
  /** Whether it was judged in this process who owns what: the configuration and other sources may have changed since. */
  #isAssessed = false;
  /** A head that does not count (no spec left), and why: it need not be read again while it stays. */
  #held: { readonly head: string; readonly failure: SourceFailure } | null = null;

  private constructor(
    source: IntakeSource,
    deps: IntakeDeps,
    known: { row: SourceRow; files: readonly FileRow[] },
  ) {
    this.#source = source;
    this.#deps = deps;
    this.#record = new SourceRecord(known.row, deps.store, watchSource(deps));
    this.#index = new SourceIndex(known.files);
  }

  /** Reads what the store knows of the source. A source that now points elsewhere starts without a previous head. */
  static async open(source: IntakeSource, deps: IntakeDeps): Promise<Intake> {
    const stored = await deps.store.readSource(source.name);
    const files = await deps.store.readFiles(source.name);
    const { name, url, ref, path } = source;
    const same =
      stored !== null && stored.url === url && stored.ref === ref && stored.path === path;
    const row: SourceRow = same
      ? stored
      : {
          name,
          url,
          ref,
          path,
          observedHead: null,
          takingIn: null,
          lineage: stored?.lineage ?? null,
          syncedRevision: null,
          hadSpecs: stored?.hadSpecs ?? false,
          lastError: null,
          warnings: [],
          specErrors: [],
          specErrorCount: 0,
        };
    return new Intake(source, deps, { row, files });
  }

  /** The files of this source that name a room. */
  pathsOf(roomId: string): readonly string[] {
    return this.#index.pathsOf(roomId);
  }

  get name(): string {
    return this.#source.name;
  }

  /** The head of the newest snapshot that counts; null before the first. */
  get observedHead(): string | null {
    return this.#record.row.observedHead;
  }

  /** False while rooms may be at a head that was taken in by half and never counted. */
  get isWhole(): boolean {
    return this.#record.row.takingIn === null;
  }

  /** Why this head does not count, if that was found before; null when there is something to learn from it. */
  heldAt(head: string): SourceFailure | null {
    return this.#held?.head === head ? this.#held.failure : null;
  }

  /** Brings a new head in. Rejects with the store's `StoreUnavailable` and with the reason of `signal`. */
  sync(head: string, signal: AbortSignal): Promise<SyncEnd> {
    return this.#lock.run([this.name], () => this.#sync(head, signal));
  }

  /** Judges again who owns what: a room that one of these files names was let go of elsewhere. */
  reassess(): Promise<void> {
    return this.#lock.run([this.name], () => this.#reassess());
  }

  /**
   * The source was asked, and its head is the one that was ingested. The first time in a process that is when its files may
   * claim what they name: an older snapshot must not take a room over.
   */
  confirmHead(): Promise<void> {
    if (this.#isAssessed) return Promise.resolve();
    return this.reassess();
  }

  async #reassess(): Promise<void> {
    const head = this.observedHead;
    if (head === null) return;
    await this.#snapshotOf(head).reassess();
    this.#isAssessed = true;
  }

  #snapshotOf(head: string): SnapshotIntake {
    const given = {
      source: this.#source,
      record: this.#record,
      index: this.#index,
      head,
      revision: toRevision(this.#source.ref, head),
      correlationId: this.#deps.newId(),
      isAssessed: this.#isAssessed,
    };
    return new SnapshotIntake(given, this.#deps);
  }

  async #sync(head: string, signal: AbortSignal): Promise<SyncEnd> {
    const snapshot = this.#snapshotOf(head);
    const result = await this.#source.spec.sync(
      {
        head,
        previous: this.observedHead,
        known: this.observedHead === null ? [] : [...this.#index.files()],
        onCommits: async (range) => {
          await this.#deps.reached?.({ point: "fetched", roomId: null });
          await snapshot.takeCommits(range, signal);
        },
        onFiles: (files) => snapshot.takeFiles(files),
      },
      signal,
    );
    if (result.kind === "failed") return result;
    const end = await snapshot.finish(result);
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

  /** Notes how the last look ended; writes only what changed. True when the source began or ceased to fail, or why changed. */
  async note(end: { readonly kind: "ok" } | SourceFailure): Promise<boolean> {
    const nowIso = toIso(this.#deps.clock.nowMs());
    let isNews = false;
    await this.#record.update((now) => {
      const lastError = errorAfter(now.lastError, end, nowIso);
      if (lastError === now.lastError) return null;
      isNews = lastError?.reason !== now.lastError?.reason;
      const about = { deps: this.#deps, head: now.observedHead };
      const record = sourceAudit(this.#source.name, lastError, about);
      return { row: { ...now, lastError }, changes: isNews ? [{ kind: "audit", record }] : [] };
    });
    return isNews;
  }

  /** Every room was verified at its newest inputs: the newest snapshot is what the rooms are at. */
  async noteSynced(): Promise<void> {
    await this.#record.update((now) => {
      const { observedHead, ref } = now;
      const syncedRevision = observedHead === null ? null : toRevision(ref, observedHead);
      return syncedRevision === now.syncedRevision ? null : { row: { ...now, syncedRevision } };
    });
  }
}

/** The same failure again is the one before; another message of the same reason goes on since then. */
function errorAfter(
  before: SourceRow["lastError"],
  end: { readonly kind: "ok" } | SourceFailure,
  nowIso: string,
): SourceRow["lastError"] {
  if (end.kind === "ok") return null;
  const { reason, message } = end;
  if (before?.reason !== reason) return { reason, message, since: nowIso };
  return before.message === message ? before : { reason, message, since: before.since };
}
