import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MergeStyle } from "../../contract/forge/forge-world.ts";
import { GitHost } from "../git-host.ts";
import type { GitRepository } from "../git-repository.ts";

export interface HubMerging {
  readonly style: MergeStyle;
  readonly base: string;
  readonly head: string;
  readonly message: string;
}

/** The new tip of a base after a merge by real git. Throws where it cannot be merged. */
export function mergeTip(git: GitRepository, { style, base, head, message }: HubMerging): string {
  const tree = () => git.git("merge-tree", "--write-tree", base, head).split("\n")[0] ?? "";
  switch (style) {
    case "fast-forward":
      git.git("merge-base", "--is-ancestor", base, head);
      return head;
    case "squash":
      return git.git("commit-tree", tree(), "-p", base, "-m", message);
    case "merge":
      return git.git("commit-tree", tree(), "-p", base, "-p", head, "-m", message);
    case "rebase":
      return rebased(git, base, head);
    case "rebase-merge":
      throw new Error("none of the forges that this stands in for merges like that");
  }
}

function rebased(git: GitRepository, base: string, head: string): string {
  const folder = mkdtempSync(join(tmpdir(), "room-operator-hub-"));
  const run = (...args: readonly string[]) =>
    GitHost.get()
      .run(["-C", folder, ...args], { env: environment(folder), input: "" })
      .toString()
      .trim();
  try {
    git.git("worktree", "add", "--quiet", "--detach", folder, head);
    // The commits are rewritten even where they could stay: the committer is another one.
    run("rebase", "--quiet", "--force-rebase", base);
    return run("rev-parse", "HEAD");
  } finally {
    rmSync(folder, { recursive: true, force: true });
    git.git("worktree", "prune");
  }
}

function environment(home: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_COMMITTER_NAME: "Hub",
    GIT_COMMITTER_EMAIL: "hub@example.org",
  };
}

export interface HubFile {
  readonly path: string;
  /** Null: the same. */
  readonly previousPath: string | null;
  readonly status: "added" | "modified" | "removed" | "renamed";
}

/** What is between two commits. */
export function filesBetween(git: GitRepository, from: string, to: string): readonly HubFile[] {
  const parts = git.git("diff", "-z", "-M", "--name-status", from, to).split("\0");
  const files: HubFile[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const letter = parts[at]?.[0] ?? "";
    const first = parts[at + 1] ?? "";
    const isRename = letter === "R";
    if (isRename) at += 1;
    const path = isRename ? (parts[at + 1] ?? "") : first;
    const status = STATUSES.get(letter) ?? "modified";
    files.push({ path, previousPath: isRename ? first : null, status });
  }
  return files;
}

const STATUSES: ReadonlyMap<string, HubFile["status"]> = new Map([
  ["A", "added"],
  ["D", "removed"],
  ["R", "renamed"],
]);
