import { emptySource } from "../room/empty-source.ts";
import type { SourceRow } from "../room/rows.ts";
import { observedNameOf } from "../room/revision.ts";
import { joinConfirms } from "../room/used-confirms.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import { confirmsForgotten } from "./forgotten-confirms.ts";
import type { SourceRecord } from "./source-record.ts";

/** Where a source is read from, and its name. */
type Place = Pick<SourceRow, "name" | "url" | "ref" | "path">;

export interface InheritDeps {
  readonly store: Pick<Store, "readSources" | "write">;
  /** The record of a source that runs, which alone writes its row; undefined: it does not run. Absent: none does. */
  readonly running?: (name: string) => Pick<SourceRecord, "inheritConfirms"> | undefined;
  readonly trail: AuditTrail;
  readonly log: Pick<Logger, "warn">;
}

/**
 * Every configured source takes over which commits with a `Confirm` were read by sources that are not configured as they were:
 * gone, renamed, or at another place. It may be the same source, and what was read once must not count again. Sources that
 * stay as they are keep their own: each counts a commit once. The rows of sources that do not run are written at once and
 * last, since whoever reads them next finds every source as it is configured.
 */
export async function inheritConfirms(
  configured: readonly Place[],
  { store, trail, log, running = () => undefined }: InheritDeps,
): Promise<void> {
  const stored = await store.readSources();
  const rows: SourceRow[] = [];
  for (const row of inheriting(configured, stored)) {
    const record = running(row.name);
    if (record === undefined) rows.push(row);
    else await record.inheritConfirms(row.usedConfirms);
  }
  if (rows.length === 0) return;
  const before = new Map(stored.map((row) => [row.name, row]));
  const forgotten = rows.flatMap((row) => {
    const news = confirmsForgotten(row, before.get(row.name) ?? emptySource(row));
    return news === null ? [] : [news];
  });
  await store.write([
    ...rows.map((row): StoreChange => ({ kind: "source", row })),
    ...forgotten.map((news) => trail.event("source.confirmsForgotten", news)),
  ]);
  for (const news of forgotten) log.warn(news, "used confirmations forgotten");
}

/** The rows that the configured sources begin with; none where nothing is to be taken over. */
function inheriting(
  configured: readonly Place[],
  stored: readonly SourceRow[],
): readonly SourceRow[] {
  const places = new Map(configured.map((place) => [place.name, place]));
  const others = stored.filter((row) => !isSamePlace(row, places.get(row.name)));
  const used = joinConfirms(others.map(({ usedConfirms }) => usedConfirms));
  if (used.known.length === 0 && used.forgottenMs === null) return [];
  const rows = new Map(stored.map((row) => [row.name, row]));
  return configured.map((place) => {
    const row = sourceAt(place, rows.get(place.name) ?? null);
    return { ...row, usedConfirms: joinConfirms([row.usedConfirms, used]) };
  });
}

/**
 * The row of a source. One that now points elsewhere starts without a previous head. One that follows another ref of the same
 * folder and repository keeps it: what the head of the new ref changes is judged like any other change.
 */
export function sourceAt(place: Place, stored: SourceRow | null): SourceRow {
  if (stored !== null && isSamePlace(stored, place)) return stored;
  if (stored !== null && isSamePlace({ ...stored, ref: place.ref }, place)) {
    return { ...stored, ref: place.ref, observedName: observedNameOf(stored) };
  }
  const empty = emptySource(place);
  if (stored === null) return empty;
  const { lineage, hadSpecs, usedConfirms } = stored;
  return { ...empty, lineage, hadSpecs, usedConfirms };
}

function isSamePlace(row: Place, place: Place | undefined): boolean {
  return row.url === place?.url && row.ref === place.ref && row.path === place.path;
}
