import type { MergeStyle } from "../../contract/forge/forge-world.ts";
import { mergedTree, rebased, writeMerge } from "../git-merge.ts";
import type { GitRepository } from "../git-repository.ts";

export interface HubMerging {
  readonly style: MergeStyle;
  readonly base: string;
  readonly head: string;
  readonly message: string;
}

const HUB = { name: "Hub", email: "hub@example.org" };

/** The new tip of a base after a merge as git makes it. Throws where it cannot be merged. */
export function mergeTip(git: GitRepository, { style, base, head, message }: HubMerging): string {
  const merged = (parents: readonly string[]) => {
    const tree = mergedTree(git, base, head);
    return tree === null ? null : writeMerge(git, { tree, parents, message, by: HUB });
  };
  const tip = () => {
    switch (style) {
      case "fast-forward":
        return git.history.isAncestor(base, head) ? head : null;
      case "squash":
        return merged([base]);
      case "merge":
        return merged([base, head]);
      case "rebase":
        // The commits are rewritten even where they could stay: the committer is another one.
        return rebased(git, { base, head, by: HUB, isForced: true });
      case "rebase-merge":
        throw new Error("none of the forges that this stands in for merges like that");
    }
  };
  const made = tip();
  if (made === null) throw new Error(`${head} cannot be merged into ${base} by ${style}`);
  return made;
}
