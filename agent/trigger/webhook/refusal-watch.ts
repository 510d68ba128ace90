import { toIso, type Clock } from "../../kernel/clock.ts";
import type { AuditTrail } from "../../store/audit-trail.ts";
import type { Store } from "../../store/store.ts";
import type { Logger } from "../../telemetry/logger.ts";

export interface RefusalWatchDeps {
  readonly source: string;
  readonly store: Pick<Store, "write">;
  readonly trail: AuditTrail;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn">;
}

export interface Refusal {
  readonly result: "refused" | "noSecret";
  readonly why: string;
  /** Who sent it. */
  readonly from: string;
}

/** Refusals that begin again sooner are counted by the metric alone. */
const QUIET_MS = 600_000;

/**
 * Logs and audits that deliveries of a source begin to be refused, and that one is verified again: two records, however many
 * are refused in between.
 */
export class RefusalWatch {
  readonly #deps: RefusalWatchDeps;
  #open: { readonly since: string; readonly result: string; count: number } | null = null;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(deps: RefusalWatchDeps) {
    this.#deps = deps;
  }

  refused({ result, why, from }: Refusal): void {
    const { source, clock, log, trail } = this.#deps;
    if (this.#open?.result === result) {
      this.#open.count += 1;
      return;
    }
    if (this.#open === null && clock.monotonicMs() < this.#notBeforeMs) return;
    this.#notBeforeMs = clock.monotonicMs() + QUIET_MS;
    this.#open = { since: toIso(clock.nowMs()), result, count: 1 };
    log.warn({ detail: why, from }, "webhook deliveries are refused");
    this.#write(trail.event("webhook.refused", { source, result, message: why, from }));
  }

  verified(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    const { source, log, trail } = this.#deps;
    const { since, count } = open;
    log.info({ since, refused: count }, "webhook deliveries are verified again");
    this.#write(trail.event("webhook.verified", { source, since, refused: count }));
  }

  #write(record: ReturnType<AuditTrail["event"]>): void {
    const { store, log } = this.#deps;
    store.write([record]).catch((error: unknown) => {
      log.warn({ error }, "webhook record not audited");
    });
  }
}
