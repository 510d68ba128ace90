import { toIso, type Clock } from "../kernel/clock.ts";
import type { IdSource } from "../kernel/ids.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import type { StoreChange } from "./store.ts";

export type AuditChange = Extract<StoreChange, { kind: "audit" }>;

/** What a record says besides its action and metadata. */
export interface AuditAbout {
  /** Absent: the record stands alone and gets an id of its own. */
  readonly correlationId?: string;
  readonly specVersion?: number | null;
  /** ISO time; absent: now. */
  readonly timestamp?: string;
}

export interface AuditTrailOptions {
  readonly clock: Pick<Clock, "nowMs">;
  readonly newId: IdSource;
  readonly operatorVersion: string;
}

/**
 * The only maker of audit records. It writes nothing: each record is a change that belongs into the same batch as what it
 * reports.
 */
export class AuditTrail {
  readonly #options: AuditTrailOptions;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  /** What the agent did or found. The actor is `operator`, unless `metadata` names another. */
  event(action: string, metadata: AuditRecord["metadata"], about: AuditAbout = {}): AuditChange {
    const named = "actor" in metadata ? metadata : { actor: "operator", ...metadata };
    return this.#change({ type: "event", action, metadata: named }, about);
  }

  /** What a person asked for. */
  command(
    action: string,
    metadata: AuditRecord["metadata"] & { readonly actor: string },
    about: AuditAbout & { readonly correlationId: string },
  ): AuditChange {
    return this.#change({ type: "command", action, metadata }, about);
  }

  #change(
    { type, action, metadata }: Pick<AuditRecord, "type" | "action" | "metadata">,
    about: AuditAbout,
  ): AuditChange {
    const { clock, newId, operatorVersion } = this.#options;
    const { correlationId = newId(), specVersion = null } = about;
    const { timestamp = toIso(clock.nowMs()) } = about;
    const record = { type, action, correlationId, timestamp, operatorVersion, specVersion };
    return { kind: "audit", record: { ...record, metadata } };
  }
}
