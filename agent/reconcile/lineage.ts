import type { CommitRange } from "../source/spec-source.ts";
import type { SourceLineage, SourceRow } from "../store/rows.ts";

/**
 * The line of commits that a new head of a source belongs to. It goes on as long as each head is built on the one before;
 * after a first head or a rewritten history another one begins, and no two are ever named the same. A fetch that is taken
 * in again after a crash finds the same line.
 */
export function lineageAfter(
  source: Pick<SourceRow, "name" | "lineage">,
  history: CommitRange["history"],
  head: string,
): SourceLineage {
  const { name, lineage } = source;
  if (history === "descends" && lineage !== null) return lineage;
  const count = (lineage?.count ?? 0) + 1;
  return { count, id: `${name}/${count}/${head}` };
}
