import { canonicalJson } from "../kernel/json.ts";
import { specErrorsText } from "../spec/spec-errors-text.ts";
import type { SourceRow } from "../room/rows.ts";
import type { AuditChange } from "../store/audit-trail.ts";
import { SNAPSHOT_WARNINGS, type SnapshotWarningLabel } from "../telemetry/labels.ts";
import { confirmsForgotten } from "./forgotten-confirms.ts";
import type { IntakeDeps, IntakeSource } from "./intake-deps.ts";
import type { SourceWatch } from "./source-record.ts";

/** The audit shows so many errors in spec files, and how many there are. */
const SHOWN = 10;

type WatchDeps = Pick<IntakeDeps, "trail" | "log" | "setSpecErrors" | "setSnapshotWarning">;

/** What the configuration says of the source. */
type Watched = Pick<IntakeSource, "allowEmpty">;

/**
 * Errors in a source's spec files and warnings about it go to the log, the audit and the gauge when they begin, change or
 * end, whoever wrote the row; so does the forgetting of used confirmations.
 */
export function watchSource(deps: WatchDeps, source: Watched): SourceWatch {
  const shown = (row: SourceRow): SourceRow => ({ ...row, warnings: unmeant(row, source) });
  return {
    records: (rowAfter, rowBefore) => {
      const [after, before] = [shown(rowAfter), shown(rowBefore)];
      const forgotten = confirmsForgotten(after, before);
      const records =
        forgotten === null ? [] : [deps.trail.event("source.confirmsForgotten", { ...forgotten })];
      records.push(...warningRecords(after, before, deps));
      if (!hasOtherErrors(after, before)) return records;
      const errors = after.specErrors.slice(0, SHOWN).map((error) => ({ ...error }));
      const metadata = {
        source: after.name,
        head: after.observedHead,
        count: after.specErrorCount,
        message: specErrorsText(after),
        errors,
      };
      return [...records, deps.trail.event("source.specErrors", metadata)];
    },
    written: (row, rowBefore) => {
      const [after, before] = [shown(row), rowBefore && shown(rowBefore)];
      deps.setSpecErrors?.(after.name, after.specErrorCount);
      const open = openWarnings(after);
      for (const reason of SNAPSHOT_WARNINGS)
        deps.setSnapshotWarning?.(after.name, reason, open.has(reason));
      if (before !== null) logNews(after, before, deps);
    },
  };
}

/** The warnings of a source without what its configuration says is meant. */
export function unmeant(
  { warnings }: Pick<SourceRow, "warnings">,
  { allowEmpty }: Watched,
): SourceRow["warnings"] {
  if (!allowEmpty) return warnings;
  return warnings.filter(({ reason }) => reason !== "NoSpecsFound");
}

function logNews(after: SourceRow, before: SourceRow, { log }: WatchDeps): void {
  if (hasOtherErrors(after, before)) {
    const detail = specErrorsText(after);
    const fields = { errors: after.specErrorCount, detail };
    if (after.specErrorCount > 0) log.warn(fields, "spec files have errors");
    else log.info(fields, "spec files have no more errors");
  }
  const forgotten = confirmsForgotten(after, before);
  if (forgotten !== null) log.warn({ ...forgotten }, "used confirmations forgotten");
  const known = new Set(before.warnings.map(({ message }) => message));
  for (const { reason, message } of after.warnings) {
    // Lines of commits that do not count are logged one by one.
    if (reason === "IntentIgnored" || known.has(message)) continue;
    log.warn({ reason, detail: message }, "source has a warning");
  }
  const open = openWarnings(after);
  for (const reason of openWarnings(before).keys())
    if (!open.has(reason)) log.info({ reason }, "source warning ended");
}

/** The warnings about the files of the newest snapshot, each with its message. */
function openWarnings({ warnings }: SourceRow): ReadonlyMap<SnapshotWarningLabel, string> {
  const open = new Map<SnapshotWarningLabel, string>();
  for (const reason of SNAPSHOT_WARNINGS) {
    const found = warnings.find((warning) => warning.reason === reason);
    if (found !== undefined) open.set(reason, found.message);
  }
  return open;
}

/** What is audited of warnings that began, changed or ended. */
function warningRecords(
  after: SourceRow,
  before: SourceRow,
  { trail }: WatchDeps,
): readonly AuditChange[] {
  const [now, then] = [openWarnings(after), openWarnings(before)];
  const source = after.name;
  const begun = [...now].filter(([reason, message]) => then.get(reason) !== message);
  const ended = [...then.keys()].filter((reason) => !now.has(reason));
  return [
    ...begun.map(([reason, message]) => trail.event("source.warned", { source, reason, message })),
    ...ended.map((reason) => trail.event("source.warningEnded", { source, reason })),
  ];
}

function hasOtherErrors(after: SourceRow, before: SourceRow): boolean {
  if (after.specErrorCount !== before.specErrorCount) return true;
  return (
    after.specErrors !== before.specErrors &&
    canonicalJson(after.specErrors) !== canonicalJson(before.specErrors)
  );
}
