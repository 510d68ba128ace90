import { CommitWork } from "./git-commit-work.ts";
import { toSourceFailure } from "../git-failure.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { CommitRecord } from "../spec-source.ts";

/** The commits without what they change; null where their messages are too much. */
export function saidBy(
  oids: readonly string[],
  trees: Pick<GitTrees, "commit">,
): readonly CommitRecord[] | null {
  const work = new CommitWork(0);
  try {
    return oids.map((oid) => {
      const { tree: _, ...commit } = trees.commit(oid);
      return work.record({ oid, ...commit, touches: [] });
    });
  } catch (error) {
    if (toSourceFailure(error)?.reason === "LimitExceeded") return null;
    throw error;
  }
}
