import { toIso } from "../kernel/clock.ts";
import type { JsonValue } from "../kernel/json.ts";
import type { AuditRecord } from "../status/audit-record.ts";
import type { SourceRow } from "../room/rows.ts";
import type { IntakeDeps } from "./intake-deps.ts";

/** The record of a source that began to fail, fails in another way, or works again. */
export function sourceAudit(
  source: string,
  error: SourceRow["lastError"],
  given: {
    readonly deps: Pick<IntakeDeps, "clock" | "newId" | "operatorVersion">;
    readonly head: string | null;
  },
): AuditRecord {
  const metadata: Record<string, JsonValue> =
    error === null
      ? { source, head: given.head }
      : { source, head: given.head, reason: error.reason, message: error.message };
  return sourceRecord(error === null ? "source.recovered" : "source.failed", metadata, {
    ...given.deps,
    correlationId: given.deps.newId(),
  });
}

export function sourceRecord(
  action: string,
  metadata: Readonly<Record<string, JsonValue>>,
  given: { readonly correlationId: string } & Pick<IntakeDeps, "clock" | "operatorVersion">,
): AuditRecord {
  return {
    type: "event",
    action,
    correlationId: given.correlationId,
    timestamp: toIso(given.clock.nowMs()),
    operatorVersion: given.operatorVersion,
    specVersion: null,
    metadata: { actor: "operator", ...metadata },
  };
}
