import { createHash } from "node:crypto";
import { legible } from "../../kernel/shortened.ts";
import { limitExceeded } from "../git-failure.ts";
import { IGNORE_NAME } from "../room-ignore.ts";
import { UNREAD_LIMITS } from "../unread-specs.ts";
import type { TreeEntry } from "./objects/git-object-parse.ts";
import { isFolder, isRegularFile, refuseEntries } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";

/** A spec file of a commit, recognised by its name alone. */
export interface ListedSpec {
  /** From the repository's root. A name that is not allowed is shown with its odd characters written out (`\x0a`). */
  readonly path: string;
  /**
   * The blob's id. For an entry that cannot be a spec (`problem`) an id made from its mode and id, so that a file which
   * turns into a link is a change although git gives both the same id; it begins with `x`, as no object's does.
   */
  readonly oid: string;
  /** Why this can be no spec whatever it holds; null for a regular file. */
  readonly problem: string | null;
}

export interface TreeLimits {
  /** Entries (files and folders) that one walk may meet. */
  readonly entries: number;
  /** Folders between the repository's root and an entry. */
  readonly depth: number;
}

const SPEC_NAME = /[^/]\.room\.(?:yaml|yml|json)$/;

/** Names that look like those of specs and are none: another case, nothing in front, `.txt` or a blank at the end. */
const MISNAMED = /\.room\.(?:ya?ml|json)(?:\.txt)?\s*$/i;

/** Files with such names that are reported; more are counted. */
const MISNAMED_SHOWN = 20;

/** Whether a file is the lock of an editor on the file next to it, as Emacs makes them: never a spec, whatever follows. */
export function isEditorLock(name: string): boolean {
  return name.startsWith(".#");
}

export function isSpecName(name: string): boolean {
  return SPEC_NAME.test(name) && !isEditorLock(name);
}

/** Whether a file is passed over because of its name, although it seems to be meant as a spec. */
export function isMisnamed(name: string): boolean {
  return MISNAMED.test(name) && !isSpecName(name) && !isEditorLock(name);
}

/** Files that may hold a spec whatever they are called; what else they are called is judged before. */
const SPEC_FORMAT = /\.(?:ya?ml|json)$/i;

/** Whether a file has a spec's format, but no name that seems to be meant as a spec's. */
export function isOtherFile(name: string): boolean {
  return SPEC_FORMAT.test(name) && ![isSpecName, isMisnamed, isEditorLock].some((is) => is(name));
}

/** A file of a spec's format that is not read because of its name. */
export interface OtherFile {
  readonly path: string;
  readonly oid: string;
  /** Whether its folder holds a spec. */
  readonly isNextToSpec: boolean;
}

export interface SpecListing {
  /** In git's order. Empty when there is no such folder. */
  readonly found: readonly ListedSpec[];
  /** What is called `.roomignore`, whatever it is. */
  readonly ignoreFiles: readonly ListedSpec[];
  /** Files that seem to be meant as specs and are not read; the first ones, and how many there are. */
  readonly misnamed: readonly string[];
  readonly misnamedCount: number;
  /** At most `UNREAD_LIMITS.files`, those next to a spec first. */
  readonly others: readonly OtherFile[];
}

const NO_SPECS: SpecListing = {
  found: [],
  ignoreFiles: [],
  misnamed: [],
  misnamedCount: 0,
  others: [],
};

/** Every spec file below `folder` (`.`: the root) of a commit's tree. */
export function listSpecs(trees: GitTrees, rootTree: string, where: ListingScope): SpecListing {
  const start = trees.lookup(rootTree, where.folder);
  if (start === null || !isFolder(start)) return NO_SPECS;
  const walk = new ListingWalk(trees, where);
  const prefix = where.folder === "." ? "" : `${where.folder}/`;
  walk.folder(start.oid, { prefix, depth: prefix.split("/").length - 1, safe: true });
  where.memory?.keep(walk.folders);
  const { found, ignoreFiles, misnamed, misnamedCount, others } = walk;
  return { found, ignoreFiles, misnamed, misnamedCount, others };
}

export interface ListingScope {
  readonly folder: string;
  readonly limits: TreeLimits;
  /** Folders that did not change since it was used last are not listed again. */
  readonly memory?: ListingMemory;
}

/** The direct content of one folder. */
interface FolderListing {
  readonly entries: number;
  readonly items: readonly (ListedSpec | SubFolder)[];
  readonly ignoreFile: ListedSpec | null;
  readonly misnamed: readonly string[];
  readonly misnamedCount: number;
  readonly others: readonly OtherFile[];
}

interface SubFolder {
  readonly tree: string;
  readonly prefix: string;
  readonly safe: boolean;
}

/** The folders of the last listing. The same folder at the same place gives the very same specs. */
export class ListingMemory {
  #folders: ReadonlyMap<string, FolderListing> = new Map();

  get(key: string): FolderListing | undefined {
    return this.#folders.get(key);
  }

  keep(folders: ReadonlyMap<string, FolderListing>): void {
    this.#folders = folders;
  }
}

interface Place {
  readonly prefix: string;
  readonly depth: number;
  readonly safe: boolean;
}

class ListingWalk {
  readonly found: ListedSpec[] = [];
  readonly ignoreFiles: ListedSpec[] = [];
  readonly misnamed: string[] = [];
  misnamedCount = 0;
  readonly folders = new Map<string, FolderListing>();
  readonly #trees: GitTrees;
  readonly #limits: TreeLimits;
  readonly #memory: ListingMemory | undefined;
  readonly #where: string;
  readonly #nextToSpecs: OtherFile[] = [];
  readonly #elsewhere: OtherFile[] = [];
  #entries = 0;

  constructor(trees: GitTrees, { folder, limits, memory }: ListingScope) {
    this.#where = folder;
    this.#trees = trees;
    this.#limits = limits;
    this.#memory = memory;
  }

  get others(): readonly OtherFile[] {
    return [...this.#nextToSpecs, ...this.#elsewhere].slice(0, UNREAD_LIMITS.files);
  }

  folder(oid: string, place: Place): void {
    if (place.depth > this.#limits.depth) {
      this.#refuseSpecsBelow(oid, place);
      return;
    }
    const key = `${oid} ${place.safe} ${place.prefix}`;
    const most = this.#limits.entries;
    const listing = this.#memory?.get(key) ?? listFolder(this.#trees.entries(oid, most), place);
    this.folders.set(key, listing);
    this.#entries += listing.entries;
    refuseEntries(this.#entries, most, this.#where);
    this.misnamed.push(...listing.misnamed.slice(0, MISNAMED_SHOWN - this.misnamed.length));
    this.misnamedCount += listing.misnamedCount;
    for (const other of listing.others) {
      const list = other.isNextToSpec ? this.#nextToSpecs : this.#elsewhere;
      if (list.length < UNREAD_LIMITS.files) list.push(other);
    }
    if (listing.ignoreFile !== null) this.ignoreFiles.push(listing.ignoreFile);
    for (const item of listing.items) {
      if (!("tree" in item)) this.found.push(item);
      else {
        const { tree, prefix, safe } = item;
        this.folder(tree, { prefix, depth: place.depth + 1, safe });
      }
    }
  }

  /**
   * A folder beyond `Depth` is harmless unless a spec is in it; such a spec must not be passed over, since its room
   * would count as gone. Walks without recursion, under the same count of entries.
   */
  #refuseSpecsBelow(tree: string, { prefix }: Place): void {
    const pending = [{ tree, prefix }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const entries = this.#trees.entries(next.tree, this.#limits.entries);
      this.#entries += entries.length;
      refuseEntries(this.#entries, this.#limits.entries, this.#where);
      for (const entry of entries) {
        const path = next.prefix + visibleName(entry);
        if (isFolder(entry)) pending.push({ tree: entry.oid, prefix: `${path}/` });
        else if (isSpecName(entry.name)) {
          const what = `The spec ${legible(path)} under Path "${this.#where}" is too deep`;
          throw limitExceeded("Depth", this.#limits.depth, what);
        }
      }
    }
  }
}

function listFolder(entries: readonly TreeEntry[], place: Place): FolderListing {
  const items: (ListedSpec | SubFolder)[] = [];
  const misnamed: string[] = [];
  const others: Omit<OtherFile, "isNextToSpec">[] = [];
  let ignoreFile: ListedSpec | null = null;
  for (const entry of entries) {
    const path = place.prefix + visibleName(entry);
    const safe = place.safe && entry.safe;
    if (entry.name === IGNORE_NAME) ignoreFile = toListedSpec(path, entry, safe);
    if (isFolder(entry)) items.push({ tree: entry.oid, prefix: `${path}/`, safe });
    else if (isSpecName(entry.name)) items.push(toListedSpec(path, entry, safe));
    else if (!isRegularFile(entry)) continue;
    else if (isMisnamed(entry.name)) misnamed.push(path);
    else if (safe && others.length < UNREAD_LIMITS.files && isOtherFile(entry.name))
      others.push({ path, oid: entry.oid });
  }
  const isNextToSpec = items.some((item) => !("tree" in item));
  const misnamedCount = misnamed.length;
  return {
    entries: entries.length,
    items,
    ignoreFile,
    misnamed: misnamed.slice(0, MISNAMED_SHOWN),
    misnamedCount,
    others: others.map((other) => ({ ...other, isNextToSpec })),
  };
}

export function toListedSpec(path: string, entry: TreeEntry, safe: boolean): ListedSpec {
  const problem = safe ? modeProblem(entry) : UNSAFE_NAME;
  if (problem === null) return { path, oid: entry.oid, problem };
  const print = createHash("sha1")
    .update(`${safe ? entry.mode : "unsafe"} ${entry.oid}`)
    .digest("hex");
  return { path, oid: `x${print.slice(1)}`, problem };
}

const UNSAFE_NAME =
  "The name of this file or of a folder above it is not allowed (control characters, a backslash, not UTF-8, " +
  "over 255 bytes, `.git`, or there twice). Rename it.";

function modeProblem(entry: TreeEntry): string | null {
  if (isRegularFile(entry)) return null;
  if (entry.mode === "120000")
    return "This is a symbolic link. Put the spec itself here as a regular file.";
  if (entry.mode === "160000")
    return "This is a submodule. Put the spec itself here as a regular file.";
  return `This has the file mode ${entry.mode}; a spec is a regular file (100644 or 100755).`;
}

/** The name as it is shown: what is not allowed in a path or a message is escaped. */
export function visibleName(entry: TreeEntry): string {
  if (entry.safe) return entry.name;
  if (/^(?:|\.|\.\.|\.git)$/i.test(entry.name)) return `\\x2e${entry.name.slice(1)}`;
  const shown = entry.name.replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f/\\\ufffd]/g,
    (odd) => `\\x${odd.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return shown.length <= 255 ? shown : `${shown.slice(0, 200)}…${shown.slice(-40)}`;
}
