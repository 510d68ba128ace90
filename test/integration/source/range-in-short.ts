import type { CommitRange } from "../../../agent/source/spec-source.ts";

/** A range with the ids of its commits in their place, and without what is known of others that were not read. */
export function inShort(range: CommitRange | null | undefined) {
  if (range == null) return null;
  const { unread: _, said: _said, commits, ...rest } = range;
  return { ...rest, commits: commits.map(({ oid }) => oid) };
}

/** The same of a rewritten history of which only the head is told. */
export function headAlone(head: string | null) {
  return { history: "rewritten", headOnly: true, commits: [head] };
}
