import type { SourceRow } from "./rows.ts";
import { NO_CONFIRMS } from "./used-confirms.ts";

/** A source nothing is known of yet. */
export function emptySource(where: Pick<SourceRow, "name" | "url" | "ref" | "path">): SourceRow {
  const { name, url, ref, path } = where;
  return {
    name,
    url,
    ref,
    path,
    observedHead: null,
    takingIn: null,
    lineage: null,
    followedSince: null,
    trail: [],
    left: [],
    usedConfirms: NO_CONFIRMS,
    unrelated: null,
    lastGood: null,
    syncedRevision: null,
    hadSpecs: false,
    lastError: null,
    warnings: [],
    specErrors: [],
    specErrorCount: 0,
  };
}
