import { limitExceeded } from "../../git-failure.ts";
import type { GitObjectStore } from "./git-object-store.ts";
import { parseCommit, type GitCommit } from "./git-commit-parse.ts";
import { countTreeEntries, parseTree } from "./git-object-parse.ts";
import type { TreeEntry } from "./git-object-parse.ts";

/** Entries of trees kept in memory, all trees together: about 200 bytes each. */
const MAX_CACHED_ENTRIES = 200_000;

interface CachedTree {
  readonly entries: readonly TreeEntry[];
  byName?: ReadonlyMap<string, TreeEntry>;
}

export function isFolder(entry: TreeEntry): boolean {
  return entry.mode === "40000";
}

/** Only these two modes are files: a link's target and a submodule's commit are never read. */
export function isRegularFile(entry: TreeEntry): boolean {
  return entry.mode === "100644" || entry.mode === "100755";
}

/** `folder`: the source's `Path`, when the counted entries are those below it. */
export function refuseEntries(entries: number, most: number, folder?: string): void {
  if (entries <= most) return;
  const where = folder === undefined ? "" : ` under Path "${folder}"`;
  throw limitExceeded("Entries", most, `The repository has too many files and folders${where}`);
}

/** Commits and trees of a clone; parsed trees are kept, the least recently used go first. */
export class GitTrees {
  readonly #objects: GitObjectStore;
  readonly #cache = new Map<string, CachedTree>();
  #cachedEntries = 0;

  constructor(objects: GitObjectStore) {
    this.#objects = objects;
  }

  commit(oid: string): GitCommit {
    return parseCommit(this.#objects.read(oid, "commit"));
  }

  /** `most`: a folder with more entries is refused before any of them is made. */
  entries(oid: string, most?: number): readonly TreeEntry[] {
    return this.#tree(oid, most).entries;
  }

  /** The entry at a path below a tree, or null. The path is normalised: no empty, `.` or `..` segment. */
  lookup(rootTree: string, path: string): TreeEntry | null {
    let entry: TreeEntry = { mode: "40000", name: "", oid: rootTree, safe: true };
    if (path === ".") return entry;
    for (const segment of path.split("/")) {
      if (!isFolder(entry)) return null;
      const next = this.#named(entry.oid).get(segment);
      if (next === undefined || !next.safe) return null;
      entry = next;
    }
    return entry;
  }

  #named(oid: string): ReadonlyMap<string, TreeEntry> {
    const tree = this.#tree(oid);
    tree.byName ??= new Map(tree.entries.map((entry) => [entry.name, entry]));
    return tree.byName;
  }

  #tree(oid: string, most?: number): CachedTree {
    const cached = this.#cache.get(oid);
    if (cached !== undefined) {
      this.#cache.delete(oid);
      this.#cache.set(oid, cached);
      return cached;
    }
    const bytes = this.#objects.read(oid, "tree");
    if (most !== undefined) refuseEntries(countTreeEntries(bytes), most);
    const tree: CachedTree = { entries: parseTree(bytes) };
    this.#cache.set(oid, tree);
    this.#cachedEntries += tree.entries.length;
    for (const [oldest, { entries }] of this.#cache) {
      if (this.#cachedEntries <= MAX_CACHED_ENTRIES || oldest === oid) break;
      this.#cache.delete(oldest);
      this.#cachedEntries -= entries.length;
    }
    return tree;
  }
}
