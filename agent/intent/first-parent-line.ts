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

/**
 * By commit of a range that is not on this line: the commit on the line by which it came in.
 */
export function broughtBy(
  commits: readonly Pick<CommitRecord, "oid" | "parents">[],
  line: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const byOid = new Map(commits.map((commit) => [commit.oid, commit]));
  const brought = new Map<string, string>();
  // The oldest merge brought what several could have.
  for (const { oid, parents } of commits) {
    if (!line.has(oid)) continue;
    const left = parents.slice(1);
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const commit = byOid.get(next);
      if (commit === undefined || line.has(next) || brought.has(next)) continue;
      brought.set(next, oid);
      left.push(...commit.parents);
    }
  }
  return brought;
}

/** The commits on the first-parent lines of what these merges brought in, each line's oldest first. */
export function secondParentLines(
  merges: readonly Pick<CommitRecord, "oid" | "parents">[],
  commits: readonly Pick<CommitRecord, "oid" | "parents">[],
): readonly string[] {
  const byOid = new Map(commits.map((commit) => [commit.oid, commit]));
  const seen = firstParentLine(commits);
  const lines: string[] = [];
  for (const start of merges.flatMap(({ parents }) => parents.slice(1))) {
    const side: string[] = [];
    for (let at = byOid.get(start); at !== undefined && !seen.has(at.oid);) {
      side.push(at.oid);
      at = byOid.get(at.parents[0] ?? "");
    }
    lines.push(...side.toReversed());
  }
  return [...new Set(lines)];
}
