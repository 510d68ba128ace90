import type { SourceRow } from "./rows.ts";

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
    usedConfirms: [],
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
