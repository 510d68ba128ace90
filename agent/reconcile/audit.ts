import type { JsonValue } from "../kernel/json.ts";
import { driftedActions, isDrift } from "../room/drift-rule.ts";
import { isPrune } from "../room/prune.ts";
import type { Action } from "../plan/plan.ts";
import { splitItem } from "../plan/item.ts";
import { toPlanItem } from "../plan/plan-items.ts";
import { shownItem } from "../plan/shown-items.ts";
import type { IntentRow } from "../room/rows.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import type { AuditChange } from "../store/audit-trail.ts";
import type { ReconcileDeps, Attempt } from "./pass.ts";
import type { StoreChange } from "../store/store.ts";
import type { Trust } from "../room/judge-read.ts";

/** The audit's name for each kind of action. */
const AUDIT_NAMES: Readonly<Record<Action["kind"], string>> = {
  join: "entity.joined",
  replace: "entity.updated",
  kick: "entity.kicked",
  seed: "artifact.seeded",
  promote: "artifact.promoted",
  delete: "artifact.deleted",
  setPolicy: "policy.set",
  ensureResource: "resource.ensured",
};

const NAME_MEMBERS = {
  entity: "entityId",
  artifact: "artifact",
  policy: "policy",
  resource: "resource",
} as const;

export interface AuditEntry {
  readonly type?: AuditRecord["type"];
  readonly action: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
}

/** What a record of a pass is about. */
export type AuditSubject = Pick<Attempt, "row"> & {
  readonly cause: Pick<Attempt["cause"], "correlationId" | "actor">;
  readonly inputs: {
    readonly specVersion: number | null;
    readonly revision: string;
    /** Absent where only the revision is known. */
    readonly digest?: string;
    readonly specOid?: string;
  } | null;
};

/** One record of a pass, with what the pass knows filled in. */
export function auditRecord(
  { row, cause, inputs }: AuditSubject,
  { trail, timestamp }: Pick<ReconcileDeps, "trail"> & { readonly timestamp?: string },
  { type = "event", action, metadata }: AuditEntry,
): AuditChange {
  const { correlationId, actor } = cause;
  const { revision = null, specVersion = null } = inputs ?? {};
  const about = { room: row.roomId, revision, actor };
  const at = timestamp === undefined ? {} : { timestamp };
  return trail[type](action, { ...about, ...metadata }, { correlationId, specVersion, ...at });
}

/** The record of an intent. `timestamp`: ISO time at which it was intended; absent: now. `undoes`: the pass that it undoes. */
export function intendedRecord(
  subject: AuditSubject & { readonly undoes?: string },
  { id, action, phase }: Pick<IntentRow, "id" | "action" | "phase">,
  deps: Pick<ReconcileDeps, "trail"> & { readonly timestamp?: string },
): AuditChange {
  const { undoes, ...about } = subject;
  return auditRecord(about, deps, {
    action: `${auditName(action)}.intended`,
    metadata: {
      ...actionMetadata(action),
      ...(phase === "APPLY" ? blameMetadata(about, action) : {}),
      phase,
      requestId: id,
      ...(undoes === undefined ? {} : { undoes }),
    },
  });
}

export function auditName(action: Action): string {
  return AUDIT_NAMES[action.kind];
}

/** What an action changed, with the values before and after. */
export function changeMetadata(action: Action): Record<string, JsonValue> {
  const { before, after } = shownItem(toPlanItem(action));
  return { before, after };
}

/**
 * Whose change an action carries out: the commit of the inputs; nothing for drift, whose author is not known. A prune carries out
 * the removal of the spec.
 */
export function blameMetadata(
  subject: Pick<AuditSubject, "row" | "inputs">,
  action: Action,
): Record<string, JsonValue> {
  const { specOid = "" } = subject.inputs ?? {};
  if (isPrune({ specOid })) return { cause: "prune" };
  const isDrifted =
    isDrift(subject) && driftedActions(subject.row, { actions: [action] }).length > 0;
  return isDrifted ? { revision: null, cause: "drift" } : {};
}

/** What the audit says of an action: its item, by name and in full. */
export function actionMetadata(action: Action): Record<string, JsonValue> {
  const { kind, name } = splitItem(action.item);
  return { [NAME_MEMBERS[kind]]: name, item: action.item };
}

/** What the audit says about reads that were not believed: when that began or changed, and what ended it. */
export function trustRecords(
  { news }: Pick<Trust, "news">,
  subject: AuditSubject,
  deps: Pick<ReconcileDeps, "trail">,
): readonly StoreChange[] {
  return news.map((change): StoreChange => {
    const { kind, message, since } = change.suspicion;
    const metadata = { reason: "SuspiciousRead", read: kind, message, since };
    const entry =
      change.kind === "suspected"
        ? { action: "room.suspected", metadata }
        : { action: "room.trusted", metadata: { ...metadata, because: change.because } };
    return auditRecord(subject, deps, entry);
  });
}
