import { toIso, type Clock } from "../../kernel/clock.ts";
import type { AuditTrail } from "../../store/audit-trail.ts";
import type { Store } from "../../store/store.ts";
import type { Logger } from "../../telemetry/logger.ts";
import type { SourceMetrics } from "../../telemetry/source-metrics.ts";
import type { PollEnd } from "../poller.ts";
import { isReached, missingText, type AnnouncedCommit } from "./announced-commit.ts";
import { PollPace } from "./poll-pace.ts";

/** Where a ref is said to be now. */
export interface Announcement {
  /** Null: not said. */
  readonly commit: string | null;
  /** Null: not said, or nowhere. */
  readonly before: string | null;
}

/** A commit that was announced and that polls do not show. */
export interface MissingCommit {
  readonly reason: "AnnouncedCommitMissing";
  readonly message: string;
  /** ISO time. */
  readonly since: string;
}

export interface AnnouncementsDeps {
  readonly source: string;
  /** The ref that is followed, for messages. */
  readonly ref: string;
  /** Null: it is polled by a schedule, which webhooks do not change. */
  readonly intervalMs: number | null;
  /** Polls now. Rejects when the agent stops, and when a poll failed by a defect, which the poller reports. */
  readonly pollNow: () => Promise<unknown>;
  /** When it is polled next (ISO time), where the server asked to wait until then; else null. */
  readonly waitsUntil: () => string | null;
  readonly head: () => string | null;
  /** True for a commit that the source is at, or was at before. */
  readonly knows: (commit: string) => boolean;
  readonly clock: Clock;
  readonly store: Pick<Store, "write">;
  readonly trail: AuditTrail;
  readonly log: Pick<Logger, "debug" | "info" | "warn">;
  readonly metrics: Pick<SourceMetrics, "setAnnouncedMissing">;
}

/** Ms before each poll that looks for an announced commit again: two minutes in all. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000];

/**
 * What webhooks announced: polls for it at once, again with growing pauses until a poll shows it, and warns when none does.
 * The newest announcement takes the place of the one before.
 */
export class Announcements {
  readonly #deps: AnnouncementsDeps;
  readonly #pace: PollPace;
  #open: AnnouncedCommit | null = null;
  /** Polls that were made again for the open one. */
  #again = 0;
  #pause: AbortController | null = null;
  /** When the open one is looked for again (ISO time); null: no pause is under way. */
  #againAt: string | null = null;
  #missing: MissingCommit | null = null;
  #isStopped = false;

  constructor(deps: AnnouncementsDeps) {
    this.#deps = deps;
    this.#pace = new PollPace(deps.intervalMs ?? 0);
  }

  /** The source's name. */
  get source(): string {
    return this.#deps.source;
  }

  /** Ms between polls that succeed; null: it is polled by a schedule. */
  get intervalMs(): number | null {
    return this.#deps.intervalMs === null ? null : this.#pace.intervalMs;
  }

  /** Null: polls show what was announced. */
  get missing(): MissingCommit | null {
    return this.#missing;
  }

  /** When polls look again for what was announced (ISO time); null: not before the next one. */
  get againAt(): string | null {
    return this.#againAt;
  }

  /** When the source is polled for what is announced, where its server asked to wait (ISO time); null: at once. */
  get waitsUntil(): string | null {
    return this.#deps.waitsUntil();
  }

  /** Returns at once. */
  announce({ commit, before }: Announcement): void {
    const { clock, head } = this.#deps;
    if (this.#isStopped) return;
    this.#pace.announce(commit, clock.monotonicMs());
    // Without a commit, what was announced before is still looked for.
    if (commit !== null) {
      this.#pause?.abort();
      this.#again = 0;
      this.#open = { commit, before, headThen: head(), time: toIso(clock.nowMs()) };
    }
    this.#deps.pollNow().catch(this.#notPolled);
  }

  /** Takes how each poll ended, whoever asked for it. A failed one is reported by the source and repeated by its poller. */
  polled(end: PollEnd): void {
    if (end.kind === "failed" || this.#isStopped) return;
    const { clock, log, knows } = this.#deps;
    const { head } = end;
    if (end.kind === "synced" && this.#pace.found(head, clock.monotonicMs())) {
      log.info({ head }, "poll found what no webhook announced");
    }
    if (end.kind === "unchanged") this.#pace.foundNothing();
    const open = this.#open;
    const shown = {
      head,
      knows,
      wasAnnounced: (commit: string) => this.#pace.wasAnnounced(commit),
    };
    if (open !== null && !isReached(open, shown)) {
      this.#lookAgain(open, head);
      return;
    }
    this.#open = null;
    this.#pause?.abort();
    if (open?.commit === head || end.kind === "synced") this.#found(head);
  }

  /** No poll is asked for afterwards. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#pause?.abort();
  }

  #lookAgain(open: AnnouncedCommit, head: string): void {
    if (this.#pause !== null) return;
    const pauseMs = PAUSES_MS[this.#again];
    if (pauseMs === undefined) {
      this.#miss(open, head);
      return;
    }
    this.#again += 1;
    this.#pollAfter(pauseMs).catch(this.#notPolled);
  }

  async #pollAfter(pauseMs: number): Promise<void> {
    const pause = new AbortController();
    const { clock } = this.#deps;
    this.#pause = pause;
    this.#againAt = toIso(clock.nowMs() + pauseMs);
    try {
      await clock.sleep(pauseMs, pause.signal);
    } finally {
      if (this.#pause === pause) {
        this.#pause = null;
        this.#againAt = null;
      }
    }
    await this.#deps.pollNow();
  }

  /** A newer announcement, or the stop, ended the pause; or the poll failed by a defect, which its poller reports. */
  readonly #notPolled = (error: unknown): void => {
    this.#deps.log.debug({ error }, "not polled for a webhook");
  };

  #miss(open: AnnouncedCommit, head: string): void {
    const { source, ref, clock, log, trail, metrics } = this.#deps;
    this.#open = null;
    this.#pace.missed();
    const message = missingText(open, { ref, head, polls: PAUSES_MS.length + 1 });
    const reason = "AnnouncedCommitMissing";
    this.#missing = { reason, message, since: toIso(clock.nowMs()) };
    metrics.setAnnouncedMissing(source, true);
    log.warn({ reason, detail: message }, "announced commit is missing");
    const { commit } = open;
    this.#write(trail.event("source.commitMissing", { source, commit, head, reason, message }));
  }

  #found(head: string): void {
    if (this.#missing === null) return;
    const { source, log, trail, metrics } = this.#deps;
    const { since } = this.#missing;
    this.#missing = null;
    metrics.setAnnouncedMissing(source, false);
    log.info({ head, since }, "announced commit is missing no more");
    this.#write(trail.event("source.commitFound", { source, head, since }));
  }

  #write(record: ReturnType<AuditTrail["event"]>): void {
    const { store, log } = this.#deps;
    store.write([record]).catch((error: unknown) => {
      log.warn({ error }, "webhook record not audited");
    });
  }
}
