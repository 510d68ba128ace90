import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitFailed, GitHost } from "../git-host.ts";
import type { Repo, User } from "./gitea-state.ts";

/** Real git in the repositories of the stand-in. */

export const ZEROS = "0".repeat(40);

/** Runs git in a repository's folder, as a person where it makes commits. */
export function git(repo: Repo, args: readonly string[], by?: User): string {
  return run(["--git-dir", repo.git.folder, ...args], by);
}

/** The same, or null where git ended with a failure. */
export function tryGit(repo: Repo, args: readonly string[], by?: User): string | null {
  try {
    return git(repo, args, by);
  } catch (error) {
    if (error instanceof GitFailed) return null;
    throw error;
  }
}

function run(args: readonly string[], by?: User): string {
  const name = by?.login ?? "gitea";
  const email = by === undefined ? "gitea@localhost" : `${by.id}+${by.login}@noreply.localhost`;
  const env = {
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
  return GitHost.get().run(args, { env, input: "" }).toString().trim();
}

/** All refs by name. */
export function refsOf(repo: Repo): ReadonlyMap<string, string> {
  const lines = git(repo, ["for-each-ref", "--format=%(objectname) %(refname)"]).split("\n");
  return new Map(
    lines
      .filter((line) => line !== "")
      .map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]),
  );
}

export function isAncestor(repo: Repo, older: string, newer: string): boolean {
  return tryGit(repo, ["merge-base", "--is-ancestor", older, newer]) !== null;
}

/** Brings what a ref of another repository holds into this one, under a name of its own. */
export function bringIn(repo: Repo, from: Repo, sha: string, ref: string): void {
  if (from !== repo) {
    git(repo, ["fetch", "--quiet", "--no-tags", from.git.folder, "+refs/*:refs/stand-in/*"]);
    for (const name of refsOf(repo).keys()) {
      if (name.startsWith("refs/stand-in/")) git(repo, ["update-ref", "-d", name]);
    }
  }
  git(repo, ["update-ref", ref, sha]);
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
  const { style, base, head, message, by } = request;
  switch (style) {
    case "fast-forward-only":
      return isAncestor(repo, base, head) ? head : null;
    case "rebase":
      return rebased(repo, request);
    case "rebase-merge": {
      const line = rebased(repo, request);
      return line === null ? null : mergeCommit(repo, { ...request, head: line });
    }
    case "squash": {
      const tree = mergedTree(repo, base, head);
      if (tree === null) return null;
      return git(repo, ["commit-tree", tree, "-p", base, "-m", message], by);
    }
    default:
      return mergeCommit(repo, request);
  }
}

function mergeCommit(repo: Repo, { base, head, message, by }: MergeRequest): string | null {
  const tree = mergedTree(repo, base, head);
  if (tree === null) return null;
  return git(repo, ["commit-tree", tree, "-p", base, "-p", head, "-m", message], by);
}

export function mergedTree(repo: Repo, base: string, head: string): string | null {
  return tryGit(repo, ["merge-tree", "--write-tree", base, head])?.split("\n")[0] ?? null;
}

function rebased(repo: Repo, { base, head, by }: MergeRequest): string | null {
  const folder = mkdtempSync(join(tmpdir(), "room-operator-gitea-"));
  try {
    git(repo, ["worktree", "add", "--quiet", "--detach", folder, head]);
    run(["-C", folder, "rebase", "--quiet", base], by);
    return run(["-C", folder, "rev-parse", "HEAD"]);
  } catch (error) {
    if (error instanceof GitFailed) return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    git(repo, ["worktree", "prune"]);
  }
}

export interface FileChange {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: "added" | "changed" | "deleted" | "renamed";
  readonly additions: number;
  readonly deletions: number;
}

/** What lies between two commits, sorted by path. */
export function filesBetween(repo: Repo, from: string, to: string): readonly FileChange[] {
  const parts = (flag: string) => git(repo, ["diff", "-z", "-M", flag, from, to]).split("\0");
  const counts = new Map<string, readonly [number, number]>();
  const numbers = parts("--numstat");
  for (let at = 0; at < numbers.length; at += 1) {
    const [added, deleted, path] = (numbers[at] ?? "").split("\t");
    if (deleted === undefined) continue;
    // Of a rename the two paths follow.
    const name = path === "" ? numbers[(at += 2)] : path;
    counts.set(name ?? "", [Number(added) || 0, Number(deleted) || 0]);
  }
  const files: FileChange[] = [];
  const names = parts("--name-status");
  for (let at = 0; at + 1 < names.length; at += 2) {
    const letter = names[at]?.[0] ?? "";
    const first = names[at + 1] ?? "";
    const path = letter === "R" ? (names[at + 2] ?? "") : first;
    if (letter === "R") at += 1;
    const [additions, deletions] = counts.get(path) ?? [0, 0];
    const status = STATUSES.get(letter) ?? "changed";
    files.push({ path, previousPath: letter === "R" ? first : null, status, additions, deletions });
  }
  return files;
}

const STATUSES: ReadonlyMap<string, FileChange["status"]> = new Map([
  ["A", "added"],
  ["D", "deleted"],
  ["R", "renamed"],
]);
