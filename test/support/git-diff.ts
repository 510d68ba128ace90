import type { GitRepository } from "./git-repository.ts";
import { changesBetween } from "./git-trees.ts";

export interface FileChange {
  readonly path: string;
  /** Null: the same. */
  readonly previousPath: string | null;
  /** As `git diff --name-status` writes it. */
  readonly letter: string;
  readonly additions: number;
  readonly deletions: number;
}

/** By repository and both commits: commits never change. */
const KNOWN = new WeakMap<GitRepository, Map<string, readonly FileChange[]>>();

/** What is between two commits, with renames, sorted by path. Git is asked at most once. */
export function filesBetween(git: GitRepository, from: string, to: string): readonly FileChange[] {
  const known = KNOWN.get(git) ?? new Map<string, readonly FileChange[]>();
  KNOWN.set(git, known);
  const key = `${from} ${to}`;
  const files =
    known.get(key) ??
    onlyNewFiles(git, from, to) ??
    read(git.git("diff", "-z", "-M", "--raw", "--numstat", from, to));
  known.set(key, files);
  return files;
}

/** Where texts were added and nothing else was changed, there is nothing to compare. Null: there is. */
function onlyNewFiles(git: GitRepository, from: string, to: string): readonly FileChange[] | null {
  const [before, after] = [from, to].map((id) => git.history.find(id)?.tree);
  if (before === undefined || after === undefined) return null;
  const files: FileChange[] = [];
  for (const { path, letter, oid } of changesBetween((id) => git.object(id), before, after)) {
    const object = letter === "A" && oid !== null ? git.object(oid) : null;
    if (object?.type !== "blob" || object.bytes.includes(0)) return null;
    const text = object.bytes.toString("latin1");
    const additions = text.split("\n").length - (text === "" || text.endsWith("\n") ? 1 : 0);
    files.push({ path, previousPath: null, letter, additions, deletions: 0 });
  }
  return files;
}

/** First a line that begins with `:` for each file, then one with its numbers; of a rename both paths follow. */
function read(output: string): readonly FileChange[] {
  const parts = output.split("\0");
  const counts = new Map<string, readonly [number, number]>();
  const names: Pick<FileChange, "path" | "previousPath" | "letter">[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] ?? "";
    if (part.startsWith(":")) {
      const letter = part.split(" ")[4]?.[0] ?? "";
      const first = parts[(at += 1)] ?? "";
      const isRename = letter === "R";
      const path = isRename ? (parts[(at += 1)] ?? "") : first;
      names.push({ path, previousPath: isRename ? first : null, letter });
      continue;
    }
    const [added, deleted, path] = part.split("\t");
    if (deleted === undefined) continue;
    const name = path === "" ? parts[(at += 2)] : path;
    counts.set(name ?? "", [Number(added) || 0, Number(deleted) || 0]);
  }
  return names.map((file) => {
    const [additions, deletions] = counts.get(file.path) ?? [0, 0];
    return { ...file, additions, deletions };
  });
}
