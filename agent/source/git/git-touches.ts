import { diffTrees } from "./git-tree-diff.ts";
import type { ChangedEntry, PathChange } from "./git-tree-diff.ts";
import type { CommitWork } from "./git-commit-work.ts";
import { isFolder } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import { isSpecName, toListedSpec } from "./git-spec-listing.ts";
import type { TreeLimits } from "./git-spec-listing.ts";
import type { CommitRecord, CommitTouch } from "../spec-source.ts";

export interface TouchQuestion {
  readonly trees: GitTrees;
  /** Folder the spec files lie in; `.` is the root. */
  readonly folder: string;
  readonly limits: TreeLimits;
  /** Pays for files that a commit changes. */
  readonly work: Pick<CommitWork, "files">;
  /** Whether the clone was given the commit's parents. */
  readonly isShallow: (oid: string) => boolean;
  /** Paths of the spec files that name a seed in any of the commits. */
  readonly specsBySeed: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether the spec of this blob id names a seed. */
  readonly namesSeed: (specOid: string, seed: string) => boolean;
}

/** A commit with the spec files whose inputs it changed against its first parent; none where that parent is not here. */
export function recordCommit(oid: string, question: TouchQuestion): CommitRecord {
  const { tree, ...commit } = question.trees.commit(oid);
  const before = firstParentTree(oid, question);
  if (before === "unknown") return { oid, ...commit, touches: [] };
  const touches = touchesOf(before, tree, question);
  const isEmpty = before === null ? question.trees.entries(tree).length === 0 : before === tree;
  return { oid, ...commit, touches, ...(isEmpty ? { changesNoFile: true } : {}) };
}

function touchesOf(
  before: string | null,
  tree: string,
  question: TouchQuestion,
): readonly CommitTouch[] {
  const folders = seedFolders(question);
  const changes = diffTrees(
    question.trees,
    { before, after: tree },
    {
      limits: question.limits,
      wants: (folder) => isOnWay(folder, question.folder) || folders.has(folder),
    },
  );
  question.work.files(changes.length);
  const touches = new Map<string, CommitTouch>();
  for (const change of changes) {
    if (!isSpecChange(change, question.folder)) continue;
    touches.set(change.path, {
      path: change.path,
      before: specOid(change.path, change.before),
      after: specOid(change.path, change.after),
    });
  }
  for (const { path: seed } of changes) {
    for (const path of question.specsBySeed.get(seed) ?? []) {
      if (touches.has(path)) continue;
      const entry = question.trees.lookup(tree, path);
      if (entry === null || isFolder(entry)) continue;
      const spec = toListedSpec(path, entry, true).oid;
      if (!question.namesSeed(spec, seed)) continue;
      question.work.files(1);
      touches.set(path, { path, before: spec, after: spec });
    }
  }
  return [...touches.values()];
}

/** Null for a commit without parents; `unknown` where the clone was not given the parent. */
function firstParentTree(oid: string, question: TouchQuestion): string | null {
  const parent = question.trees.commit(oid).parents[0];
  if (parent === undefined) return null;
  return question.isShallow(oid) ? "unknown" : question.trees.commit(parent).tree;
}

/** Whether a commit changes anything that is not a spec file: only then can a seed have changed. */
export function changesOtherFiles(oid: string, question: TouchQuestion): boolean {
  const before = firstParentTree(oid, question);
  if (before === "unknown") return false;
  const { tree } = question.trees.commit(oid);
  const changes = diffTrees(
    question.trees,
    { before, after: tree },
    { limits: question.limits, wants: () => true },
  );
  question.work.files(changes.length);
  return changes.some((change) => !isSpecChange(change, question.folder));
}

function isSpecChange(change: PathChange, folder: string): boolean {
  const inside = folder === "." || change.path.startsWith(`${folder}/`);
  const name = (change.after ?? change.before)?.entry.name ?? "";
  return inside && isSpecName(name);
}

function specOid(path: string, side: ChangedEntry | null): string | null {
  return side === null ? null : toListedSpec(path, side.entry, side.safe).oid;
}

/** True for a folder above, at or below the one specs lie in. */
function isOnWay(folder: string, specFolder: string): boolean {
  return (
    specFolder === "." ||
    folder === specFolder ||
    folder.startsWith(`${specFolder}/`) ||
    specFolder.startsWith(`${folder}/`)
  );
}

/** Every folder on the way to a seed. */
function seedFolders(question: TouchQuestion): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const seed of question.specsBySeed.keys()) {
    for (let end = seed.lastIndexOf("/"); end > 0; end = seed.lastIndexOf("/", end - 1)) {
      const folder = seed.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}
