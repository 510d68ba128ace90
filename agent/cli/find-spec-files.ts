import { fileProblem } from "../kernel/file-problem.ts";
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { escaped } from "../kernel/quoted.ts";
import {
  IGNORE_NAME,
  ignoreFileInvalid,
  readIgnoreFiles,
  type IgnoreFile,
} from "../source/room-ignore.ts";
import { isMisnamed, isOtherFile, isSpecName } from "../source/git/git-spec-listing.ts";
import { saysRoomSpec, UNREAD_LIMITS } from "../source/unread-specs.ts";

/** Never part of a repository's content, and large. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([".git", "node_modules"]);

export interface FoundSpecs {
  /** Absolute, sorted, each once. */
  readonly files: readonly string[];
  /** The named folder in which a file was found, absolute; without a file that was named itself. */
  readonly searched: ReadonlyMap<string, string>;
  /** Files that seem to be meant as specs and that the agent does not read. Absolute, sorted. */
  readonly misnamed: readonly string[];
  /** Other files with `kind: RoomSpec` that the agent does not read because of their name. Absolute, sorted. */
  readonly unread: readonly string[];
  /** How many spec files a `.roomignore` keeps out. */
  readonly ignored: number;
  /** Paths that could not be searched, as sentences. */
  readonly problems: readonly string[];
}

/** The spec files that `paths` (files, or folders searched to the bottom, links not followed) name. */
export async function findSpecFiles(paths: readonly string[], cwd: string): Promise<FoundSpecs> {
  const files = new Set<string>();
  const searched = new Map<string, string>();
  const misnamed: string[] = [];
  const unread: string[] = [];
  const problems: string[] = [];
  const ignored = new Set<string>();
  for (const given of paths) {
    try {
      const found = await search(path.resolve(cwd, given));
      misnamed.push(...found.misnamed);
      unread.push(...found.unread);
      for (const file of found.ignored) ignored.add(file);
      if (found.files.length + found.ignored.length === 0)
        problems.push(`${shownPath(given)}: no *.room.{yaml,yml,json} in this folder`);
      for (const file of found.files) {
        files.add(file);
        if (found.folder !== null && !searched.has(file)) searched.set(file, found.folder);
      }
    } catch (error) {
      problems.push(`${shownPath(given)}: ${whyNot(error)}`);
    }
  }
  const passedOver = (found: readonly string[]) =>
    [...new Set(found)].filter((file) => !files.has(file)).sort();
  const kept = [...ignored].filter((file) => !files.has(file));
  return {
    files: [...files].sort(),
    searched,
    misnamed: passedOver(misnamed),
    unread: passedOver(unread),
    ignored: kept.length,
    problems,
  };
}

function whyNot(error: unknown): string {
  return isMissing(error)
    ? "no file or folder of this name"
    : `cannot be read: ${shownPath(fileProblem(error))}`;
}

interface Found {
  /** That was searched; null: a file was named. */
  readonly folder: string | null;
  readonly files: readonly string[];
  readonly ignored: readonly string[];
  readonly misnamed: readonly string[];
  readonly unread: readonly string[];
}

async function search(target: string): Promise<Found> {
  if ((await stat(target)).isDirectory()) return searchFolder(target);
  return { folder: null, files: [target], ignored: [], misnamed: [], unread: [] };
}

async function searchFolder(folder: string): Promise<Found> {
  const files: string[] = [];
  const misnamed: string[] = [];
  const others: string[] = [];
  const ignoreFiles: string[] = [];
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      const target = path.join(next, entry.name);
      if (entry.name === IGNORE_NAME) ignoreFiles.push(target);
      if (!entry.isDirectory()) {
        if (isSpecName(entry.name)) files.push(target);
        else if (entry.isFile() && isMisnamed(entry.name)) misnamed.push(target);
        else if (entry.isFile() && isOtherFile(entry.name)) others.push(target);
      } else if (!SKIPPED_FOLDERS.has(entry.name)) pending.push(target);
    }
  }
  const isIgnored = await ignoredBelow(folder, ignoreFiles);
  const { kept = [], ignored = [] } = Object.groupBy(files, (file) =>
    isIgnored(file) ? "ignored" : "kept",
  );
  const unread: string[] = [];
  for (const file of others) if (!isIgnored(file) && (await isRoomSpec(file))) unread.push(file);
  return { folder, files: kept, ignored, misnamed, unread };
}

/** A file that cannot be read is not missed: it is none that was asked about. */
async function isRoomSpec(file: string): Promise<boolean> {
  try {
    const { size } = await stat(file);
    return size <= UNREAD_LIMITS.bytes && saysRoomSpec(await readFile(file));
  } catch {
    return false;
  }
}

/** As the agent does where the folder is the `Path` of a source. Rejects for a `.roomignore` that the agent refuses. */
async function ignoredBelow(
  folder: string,
  ignoreFiles: readonly string[],
): Promise<(file: string) => boolean> {
  const below = (file: string) => path.relative(folder, file).split(path.sep).join("/");
  const read: IgnoreFile[] = [];
  for (const file of ignoreFiles) {
    if ((await kindOf(file)) !== "file")
      throw ignoreFileInvalid(below(file), "is not a regular file");
    read.push({ path: below(file), bytes: await readFile(file) });
  }
  const rules = readIgnoreFiles(read, ".");
  return (file) => rules.whyIgnored(below(file)) !== null;
}

/** The nearest folder at or above `folder` that holds a `.git`; null when there is none. */
export async function findRepositoryRoot(folder: string): Promise<string | null> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if ((await kindOf(path.join(at, ".git"))) !== "missing") return at;
    if (path.dirname(at) === at) return null;
  }
}

export type PathKind = "file" | "folder" | "link" | "other" | "missing";

/** The kind of a path, without following a link at its end. */
export async function kindOf(target: string): Promise<PathKind> {
  const stats = await lstat(target).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (stats === null) return "missing";
  if (stats.isSymbolicLink()) return "link";
  if (stats.isDirectory()) return "folder";
  return stats.isFile() ? "file" : "other";
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENAMETOOLONG";
}

/** A path for a terminal: characters that are not seen or disguise others, which a hostile name may hold, are written out. */
export function shownPath(text: string): string {
  return escaped(text);
}
