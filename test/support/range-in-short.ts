import type { CommitRange } from "../../agent/source/spec-source.ts";

/** A range with the ids of its commits in their place. */
export function inShort(range: CommitRange | null | undefined) {
  return range && { ...range, commits: range.commits.map(({ oid }) => oid) };
}

/** The same of a rewritten history of which only the head is told. */
export function headAlone(head: string | null) {
  return { history: "rewritten", headOnly: true, commits: [head] };
}
