import type { CommitRange } from "../source/spec-source.ts";
import type { SourceRow } from "../room/rows.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { SourceLineage } from "../room/source-history.ts";

/** One log line where the history of a fetch was rewritten. */
export function tellRewritten(
  { history, unread }: Pick<CommitRange, "history" | "unread">,
  heads: { readonly from: string | null; readonly to: string },
  log: Pick<Logger, "warn">,
): void {
  if (history !== "rewritten") return;
  const why = unread === undefined ? {} : { reason: "CommitsNotRead", detail: unread };
  log.warn({ ...heads, ...why }, "history rewritten");
}

/** Heads that the branch left and that are remembered. */
const MOST_LEFT = 16;

/**
 * The line of commits that a new head of a source belongs to. It continues as long as each head is built on the one before, and
 * again when the branch returns to a head that it had left; after a first head or a rewritten history another one begins, and
 * no two are ever named the same. A fetch that is ingested again after a crash finds the same line.
 */
export function lineageAfter(
  source: Pick<SourceRow, "name" | "lineage" | "left">,
  range: Pick<CommitRange, "history" | "returnedTo">,
  head: string,
): SourceLineage {
  const { name, lineage } = source;
  const resumed = resumedLine(source, range);
  if (resumed !== null) return { id: resumed.id, count: lineage?.count ?? resumed.count };
  if (range.history === "descends" && lineage !== null) return lineage;
  const count = (lineage?.count ?? 0) + 1;
  return { count, id: `${name}/${count}/${head}` };
}

/** Where the branch returns past several heads, the one it left first is the nearest to where it is now. */
function resumedLine(
  { left }: Pick<SourceRow, "left">,
  { returnedTo = [] }: Pick<CommitRange, "returnedTo">,
): SourceLineage | null {
  const returned = left.filter(({ head }) => returnedTo.includes(head));
  return returned.at(-1)?.lineage ?? null;
}

/** The heads that the branch has left and not returned to, newest first; the one that it is at now is not among them. */
export function leftAfter(
  { observedHead, lineage, left }: Pick<SourceRow, "observedHead" | "lineage" | "left">,
  { history, returnedTo = [] }: Pick<CommitRange, "history" | "returnedTo">,
  now: string,
): SourceRow["left"] {
  const away = left.filter(({ head }) => head !== now && !returnedTo.includes(head));
  if (history !== "rewritten" || observedHead === null || observedHead === now) return away;
  const others = away.filter(({ head }) => head !== observedHead);
  return [{ head: observedHead, lineage }, ...others].slice(0, MOST_LEFT);
}
