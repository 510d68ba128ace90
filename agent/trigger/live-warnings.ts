import { toIso, type Clock } from "../kernel/clock.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store } from "../store/store.ts";
import type { LiveWarningLabel } from "../telemetry/labels.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { SourceMetrics } from "../telemetry/source-metrics.ts";

/** What is wrong with how a source is reached, though its polls may succeed. */
export interface LiveWarning {
  readonly reason: LiveWarningLabel;
  readonly message: string;
  /** ISO time. */
  readonly since: string;
}

export interface LiveWarningsDeps {
  readonly source: string;
  readonly store: Pick<Store, "write">;
  readonly trail: AuditTrail;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly metrics: Pick<SourceMetrics, "setLiveWarning">;
}

/** The warnings of a source that this process found, each with a log line, an audit record and a gauge when it begins and ends. */
export class LiveWarnings {
  readonly #deps: LiveWarningsDeps;
  readonly #open = new Map<LiveWarningLabel, LiveWarning>();

  constructor(deps: LiveWarningsDeps) {
    this.#deps = deps;
  }

  get list(): readonly LiveWarning[] {
    return [...this.#open.values()];
  }

  /** Begins a warning, or changes the message of one that is on. Does nothing while it stays the same. */
  raise(reason: LiveWarningLabel, message: string): void {
    const before = this.#open.get(reason);
    if (before?.message === message) return;
    const { source, clock, log, trail, metrics } = this.#deps;
    this.#open.set(reason, { reason, message, since: before?.since ?? toIso(clock.nowMs()) });
    metrics.setLiveWarning(source, reason, true);
    log.warn({ reason, detail: message }, "source warning");
    this.#write(trail.event("source.warned", { source, reason, message }));
  }

  /** Ends a warning. Does nothing where it is not on. */
  end(reason: LiveWarningLabel): void {
    const before = this.#open.get(reason);
    if (before === undefined) return;
    this.#open.delete(reason);
    const { source, log, trail, metrics } = this.#deps;
    const { since } = before;
    metrics.setLiveWarning(source, reason, false);
    log.info({ reason, since }, "source warning ended");
    this.#write(trail.event("source.warningEnded", { source, reason, since }));
  }

  /** The source is not polled any more: only its gauges end. Idempotent. */
  close(): void {
    const { source, metrics } = this.#deps;
    for (const { reason } of this.list) metrics.setLiveWarning(source, reason, false);
    this.#open.clear();
  }

  #write(record: ReturnType<AuditTrail["event"]>): void {
    const { store, log } = this.#deps;
    store.write([record]).catch((error: unknown) => {
      log.warn({ error }, "source warning not audited");
    });
  }
}
