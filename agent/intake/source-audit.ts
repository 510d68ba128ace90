import type { SourceRow } from "../room/rows.ts";
import type { AuditChange } from "../store/audit-trail.ts";
import type { IntakeDeps } from "./intake-deps.ts";

/** The record of a source that began to fail, fails in another way, or works again. */
export function sourceAudit(
  { name: source, observedHead: head }: SourceRow,
  error: SourceRow["lastError"],
  { trail }: Pick<IntakeDeps, "trail">,
): AuditChange {
  if (error === null) return trail.event("source.recovered", { source, head });
  const { reason, message } = error;
  return trail.event("source.failed", { source, head, reason, message });
}
