import type { StoreChange } from "../store/store.ts";
import { auditRecord, type AuditSubject } from "./audit.ts";
import type { Trust } from "../room/judge-read.ts";
import type { ReconcileDeps } from "./pass.ts";

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
