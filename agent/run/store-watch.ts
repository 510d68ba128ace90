import { toIso, type Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";

export interface StoreWatchOptions {
  readonly clock: Clock;
  readonly trail: AuditTrail;
  readonly log: Pick<Logger, "info" | "error">;
}

/**
 * Logs once that the store cannot be written to, and once that it can again. Writes both facts to the audit as soon as the
 * store can be written to again.
 */
export class StoreWatch {
  readonly #options: StoreWatchOptions;
  #failing: { readonly since: string; readonly message: string } | null = null;

  constructor(options: StoreWatchOptions) {
    this.#options = options;
  }

  /** Notes how a write ended. `store`: where that is audited; null before the store is open. */
  ended(write: { readonly ok: boolean; readonly message: string }, store: Store | null): void {
    const { log, clock, trail } = this.#options;
    const failing = this.#failing;
    if (!write.ok && failing === null) {
      this.#failing = { since: toIso(clock.nowMs()), message: write.message };
      log.error({ detail: write.message }, "store cannot be written to");
    }
    if (!write.ok || failing === null || store === null) return;
    this.#failing = null;
    log.info({ since: failing.since }, "store recovered");
    const { since, message } = failing;
    const records = [
      trail.event("store.failed", { message }, { timestamp: since }),
      trail.event("store.recovered", { since }),
    ];
    store.write(records).catch((error: unknown) => {
      log.error({ detail: messageOf(error) }, "store failure not audited");
    });
  }
}
