import { takeObjects } from "../git-take.ts";
import { mergedTree, rebased, writeMerge } from "../git-merge.ts";
import type { Signer } from "../git-merge.ts";
import { changesBetween } from "../git-trees.ts";
import type { TreeChange } from "../git-trees.ts";
import type { Repo, User } from "./gitea-state.ts";

/**
 * What the stand-in asks its repositories, which are real ones. Objects never change and refs are files: most of it takes no
 * process.
 */

export const ZEROS = "0".repeat(40);

/** The commit that a branch is at; null: there is none of this name. */
export function branchTip(repo: Repo, branch: string): string | null {
  return repo.git.head(branch);
}

/** The commit that a whole id, a branch's name or a short id names; null: none. */
export function commitNamed(repo: Repo, name: string): string | null {
  if (/^[0-9a-f]{40}$/.test(name) && repo.git.history.find(name) !== null) return name;
  return repo.git.named(`${name}^{commit}`);
}

/** What a commit without two parents changed. */
export function changesOf(repo: Repo, id: string): readonly TreeChange[] {
  const { history } = repo.git;
  const { tree, parents } = history.commit(id);
  const [parent, another] = parents;
  if (another !== undefined) return [];
  const before = parent === undefined ? null : history.commit(parent).tree;
  return changesBetween((oid) => repo.git.object(oid), before, tree);
}

/** Brings what another repository holds into this one, and a commit of it under a ref. */
export function bringIn(repo: Repo, from: Repo, sha: string, ref: string): void {
  takeObjects(repo.git, from.git, sha);
  repo.git.point(ref, sha);
}

export interface MergeRequest {
  readonly style: string;
  readonly base: string;
  readonly head: string;
  readonly message: string;
  readonly by: User;
}

/** The new tip of the base after a merge in one of Gitea's styles; null: it cannot be merged. */
export function mergedTip(repo: Repo, request: MergeRequest): string | null {
  const { git } = repo;
  const { style, base, head, by } = request;
  const rebase = () => rebased(git, { base, head, by: signer(by), isForced: false });
  switch (style) {
    case "fast-forward-only":
      return git.history.isAncestor(base, head) ? head : null;
    case "rebase":
      return rebase();
    case "rebase-merge": {
      const line = rebase();
      return line === null ? null : merged(repo, { ...request, head: line }, [base, line]);
    }
    case "squash":
      return merged(repo, request, [base]);
    default:
      return merged(repo, request, [base, head]);
  }
}

function merged(
  { git }: Repo,
  { base, head, message, by }: MergeRequest,
  parents: readonly string[],
): string | null {
  const tree = mergedTree(git, base, head);
  return tree === null ? null : writeMerge(git, { tree, parents, message, by: signer(by) });
}

function signer({ id, login }: User): Signer {
  return { name: login, email: `${id}+${login}@noreply.localhost` };
}
