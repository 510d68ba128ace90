import { GitFailed } from "./git-host.ts";
import type { CommitFacts } from "./git-history.ts";
import { writeObject } from "./git-loose-commit.ts";
import type { GitRepository } from "./git-repository.ts";

export interface Signer {
  readonly name: string;
  readonly email: string;
}

/** The tree of a merge of two commits; null: they conflict. */
export function mergedTree(git: GitRepository, base: string, head: string): string | null {
  const { history } = git;
  // Whatever was not changed on one side is as on the other.
  if (history.isAncestor(base, head)) return history.commit(head).tree;
  if (history.isAncestor(head, base)) return history.commit(base).tree;
  return treeOfMerge(git, base, head);
}

function treeOfMerge(git: GitRepository, one: string, other: string): string | null {
  try {
    return git.git("merge-tree", "--write-tree", one, other).split("\n")[0] ?? null;
  } catch (error) {
    if (error instanceof GitFailed && error.status === 1) return null;
    throw error;
  }
}

/** Writes what `git commit-tree` writes, now. Returns the commit's id. */
export function writeMerge(
  git: GitRepository,
  given: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly by: Signer;
  },
): string {
  const by = stamp(given.by, Math.floor(Date.now() / 1000));
  const message = given.message.endsWith("\n") ? given.message : `${given.message}\n`;
  return write(git, { ...given, author: by, committer: by, message });
}

/**
 * The tip that `git rebase` makes of the commits of `head` that `base` lacks; null: they conflict. Commits that already follow on
 * the base stay as they are, unless `isForced`; those that would change nothing are left out.
 */
export function rebased(
  git: GitRepository,
  {
    base,
    head,
    by,
    isForced,
  }: {
    readonly base: string;
    readonly head: string;
    readonly by: Signer;
    readonly isForced: boolean;
  },
): string | null {
  const { history } = git;
  const line = history
    .since(base, head)
    .map((id) => history.commit(id))
    .filter(({ parents }) => parents.length < 2);
  let tip = base;
  for (const commit of line.toReversed()) {
    const [parent] = commit.parents;
    if (parent === undefined) throw new Error(`${commit.id} has no parent to be rebased from`);
    if (parent === tip && !isForced) {
      tip = commit.id;
      continue;
    }
    const tree = parent === tip ? commit.tree : pickedTree(git, { tip, parent, commit });
    if (tree === null) return null;
    const isDropped = tree === history.commit(tip).tree && !isEmpty(git, commit);
    if (!isDropped) tip = copied(git, commit, { tree, parent: tip, by });
  }
  return tip;
}

/** What a commit changed, changed on another tip; null: they conflict. */
function pickedTree(
  git: GitRepository,
  {
    tip,
    parent,
    commit,
  }: { readonly tip: string; readonly parent: string; readonly commit: CommitFacts },
): string | null {
  // A merge looks for what both have in common: the same tree as if it had been made on the parent.
  const { tree } = git.history.commit(tip);
  const { author } = commit;
  const by = stamp(author, author.seconds);
  const there = { tree, parents: [parent], author: by, committer: by, message: "Tip\n" };
  return treeOfMerge(git, write(git, there), commit.id);
}

function isEmpty({ history }: GitRepository, { tree, parents: [parent = ""] }: CommitFacts) {
  return history.commit(parent).tree === tree;
}

function copied(
  git: GitRepository,
  { author, message }: CommitFacts,
  { tree, parent, by }: { readonly tree: string; readonly parent: string; readonly by: Signer },
): string {
  const committer = stamp(by, Math.floor(Date.now() / 1000));
  const parents = [parent];
  const given = { tree, parents, author: stamp(author, author.seconds), committer };
  return write(git, { ...given, message: `${message}\n` });
}

function stamp({ name, email }: Signer, seconds: number): string {
  return `${name} <${email}> ${seconds} +0000`;
}

function write(
  git: GitRepository,
  given: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly author: string;
    readonly committer: string;
    readonly message: string;
  },
): string {
  const lines = [
    `tree ${given.tree}`,
    ...given.parents.map((parent) => `parent ${parent}`),
    `author ${given.author}`,
    `committer ${given.committer}`,
    "",
    given.message,
  ];
  return writeObject(git, "commit", Buffer.from(lines.join("\n")));
}
