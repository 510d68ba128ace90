import type { CommitRecord } from "../source/spec-source.ts";

/**
 * The commits of a range that lie on the first-parent line of its head, which is the last of them: what was pushed to the
 * branch itself. All others came in by a merge. A fast-forward and a rebase put a branch's commits on the line.
 */
export function firstParentLine(
  commits: readonly Pick<CommitRecord, "oid" | "parents">[],
): ReadonlySet<string> {
  const byOid = new Map(commits.map((commit) => [commit.oid, commit]));
  const line = new Set<string>();
  for (let at = commits.at(-1); at !== undefined && !line.has(at.oid);) {
    line.add(at.oid);
    at = byOid.get(at.parents[0] ?? "");
  }
  return line;
}
