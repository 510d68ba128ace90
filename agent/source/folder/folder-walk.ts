import type { BigIntStats, Dirent } from "node:fs";
import { lstat, opendir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { dirname } from "node:path/posix";
import { legible } from "../../kernel/shortened.ts";
import {
  folderChanging,
  folderLimit,
  folderMissing,
  folderUnreadable,
  isAbsent,
} from "./folder-failure.ts";
import { printOf } from "./folder-file.ts";
import {
  isEditorLock,
  isMisnamed,
  isOtherFile,
  isSpecName,
  type TreeLimits,
} from "../git/git-spec-listing.ts";
import { IGNORE_NAME } from "../room-ignore.ts";
import { inLanes } from "../in-lanes.ts";
import { UNREAD_LIMITS } from "../unread-specs.ts";

/** A spec file by its name. `problem`: why it can be no spec whatever it holds; null: a regular file. */
export interface FolderSpec {
  readonly path: string;
  readonly size: number;
  readonly print: string;
  readonly problem: string | null;
}

export interface FolderListing {
  /** The folder without links on the way to it. */
  readonly base: string;
  /** Ordered by path. */
  readonly specs: readonly FolderSpec[];
  /** What is called `.roomignore`, whatever it is. Ordered by path. */
  readonly ignoreFiles: readonly FolderSpec[];
  readonly links: readonly string[];
  readonly ignored: readonly string[];
  /** Files of a spec's format that are not read because of their name: at most `UNREAD_LIMITS.files`, those next to a spec first. */
  readonly others: readonly string[];
  /** What `Path` is, where it is not a folder. */
  readonly problem: string | null;
}

export interface FolderScope {
  /** As it is configured, absolute. A link here is followed: whoever configures it chose it. */
  readonly folder: string;
  /** Below it; `.`: all of it. */
  readonly path: string;
  readonly limits: TreeLimits;
}

/** Folders that hold no specs of a person's own. */
const SKIPPED = /^(?:\.git|node_modules)$/i;

/** Names that a message or a path cannot hold as they are; U+FFFD stands for what is not UTF-8. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f\\\ufffd]/g;

const UNSAFE_NAME =
  "The name of this file is not allowed (control characters, a backslash, or not UTF-8). Rename it.";

/** Every spec file below a folder, by lstat alone: no link is followed. Rejects with the failure of a source. */
export async function listFolder(scope: FolderScope, signal: AbortSignal): Promise<FolderListing> {
  const base = await baseOf(scope.folder);
  const problem = await problemOf(base, scope.path);
  const walk = new FolderWalk(base, scope);
  if (problem === null) await walk.run(signal);
  const { specs, ignoreFiles, links, ignored, others } = walk;
  for (const list of [specs, ignoreFiles]) list.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    base,
    specs,
    ignoreFiles,
    links: links.sort(),
    ignored: ignored.sort(),
    others: firstOthers(others, specs),
    problem,
  };
}

function firstOthers(others: readonly string[], specs: readonly FolderSpec[]): readonly string[] {
  const folders = new Set(specs.map(({ path }) => dirname(path)));
  const { next = [], elsewhere = [] } = Object.groupBy([...others].sort(), (path) =>
    folders.has(dirname(path)) ? "next" : "elsewhere",
  );
  return [...next, ...elsewhere].slice(0, UNREAD_LIMITS.files);
}

async function baseOf(folder: string): Promise<string> {
  try {
    const base = await realpath(folder);
    if (!(await lstat(base)).isDirectory()) throw folderMissing(folder, "is a file, not a folder");
    return base;
  } catch (error) {
    if (isAbsent(error)) throw folderMissing(folder, "does not exist");
    if (error instanceof Error && "syscall" in error) throw folderUnreadable(folder, error);
    throw error;
  }
}

async function problemOf(base: string, path: string): Promise<string | null> {
  if (path === ".") return null;
  const segments = path.split("/");
  for (const position of segments.keys()) {
    const at = segments.slice(0, position + 1).join("/");
    const what = await whatIs(join(base, at));
    if (what !== null) return `Path ${legible(path)} holds no spec: ${legible(at)} ${what}`;
  }
  return null;
}

async function whatIs(place: string): Promise<string | null> {
  try {
    const stat = await lstat(place);
    if (stat.isDirectory()) return null;
    return stat.isSymbolicLink()
      ? "is a symbolic link, which is not followed; name the folder itself"
      : "is a file, not a folder";
  } catch (error) {
    if (isAbsent(error)) return "is not in the folder";
    throw folderUnreadable(place, error);
  }
}

class FolderWalk {
  readonly specs: FolderSpec[] = [];
  readonly ignoreFiles: FolderSpec[] = [];
  readonly links: string[] = [];
  readonly ignored: string[] = [];
  readonly others: string[] = [];
  readonly #base: string;
  readonly #scope: FolderScope;
  #entries = 0;
  #found: { readonly path: string; readonly name: string }[] = [];

  constructor(base: string, scope: FolderScope) {
    this.#base = base;
    this.#scope = scope;
  }

  /** Without recursion: whoever fills the folder decides how deep it is. */
  async run(signal: AbortSignal): Promise<void> {
    const { path } = this.#scope;
    const pending = [path === "." ? "" : `${path}/`];
    for (let prefix = pending.pop(); prefix !== undefined; prefix = pending.pop()) {
      signal.throwIfAborted();
      await this.#folder(prefix, pending);
    }
    await inLanes(this.#found, async (one) => {
      const list = one.name === IGNORE_NAME ? this.ignoreFiles : this.specs;
      list.push(await this.#toSpec(one));
    });
  }

  async #folder(prefix: string, pending: string[]): Promise<void> {
    const place = join(this.#base, prefix);
    try {
      // A link may have taken its place since its parent was listed.
      if ((await realpath(place)) !== place.replace(/(.)\/$/, "$1")) throw folderChanging(prefix);
      for await (const entry of await opendir(place)) this.#meet(prefix, entry, pending);
    } catch (error) {
      if (isAbsent(error)) throw prefix === "" ? this.#gone() : folderChanging(prefix);
      if (error instanceof Error && "syscall" in error) throw folderUnreadable(place, error);
      throw error;
    }
  }

  #gone(): Error {
    return folderMissing(this.#scope.folder, "does not exist");
  }

  #meet(prefix: string, entry: Dirent, pending: string[]): void {
    const { limits, path: where } = this.#scope;
    const { name } = entry;
    this.#entries += 1;
    if (this.#entries > limits.entries) {
      const what = `The folder has too many files and folders under Path "${where}"`;
      throw folderLimit("Entries", limits.entries, what);
    }
    // It comes and goes while a person types, and would be another revision of the folder each time.
    if (isEditorLock(name) && !entry.isDirectory()) return;
    const path = prefix + name;
    const isSafe = name.search(UNSAFE) === -1;
    if (name === IGNORE_NAME) this.#found.push({ path, name });
    if (entry.isSymbolicLink() && isSafe) this.links.push(path);
    if (entry.isDirectory()) {
      if (SKIPPED.test(name)) return;
      if (isSafe) pending.push(`${path}/`);
      else this.ignored.push(prefix + escaped(name));
    } else if (isSpecName(name)) this.#meetSpec(path, prefix, name);
    else if (!entry.isFile()) return;
    else if (isMisnamed(name)) this.ignored.push(prefix + escaped(name));
    else if (isSafe && isOtherFile(name)) this.others.push(path);
  }

  #meetSpec(path: string, prefix: string, name: string): void {
    const { limits, path: where } = this.#scope;
    if (prefix.split("/").length - 1 > limits.depth) {
      const what = `The spec ${legible(path)} under Path "${where}" is too deep`;
      throw folderLimit("Depth", limits.depth, what);
    }
    this.#found.push({ path, name });
  }

  async #toSpec({ path, name }: { path: string; name: string }): Promise<FolderSpec> {
    if (name.search(UNSAFE) !== -1) {
      const shown = path.slice(0, path.length - name.length) + escaped(name);
      return { path: shown, size: 0, print: "", problem: UNSAFE_NAME };
    }
    try {
      const stat = await lstat(join(this.#base, path), { bigint: true });
      return { path, size: Number(stat.size), print: printOf(stat), problem: kindProblem(stat) };
    } catch (error) {
      if (isAbsent(error)) throw folderChanging(path);
      throw folderUnreadable(path, error);
    }
  }
}

function kindProblem(stat: BigIntStats): string | null {
  if (stat.isFile()) return null;
  if (stat.isSymbolicLink())
    return "This is a symbolic link. Put the spec itself here as a regular file.";
  return "This is not a regular file. Put the spec itself here as a regular file.";
}

function escaped(name: string): string {
  return name.replace(UNSAFE, (odd) => `\\x${odd.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
