import { legible } from "../../kernel/shortened.ts";
import { limitExceeded } from "../git-failure.ts";
import type { TreeEntry } from "./objects/git-object-parse.ts";
import { visibleName } from "./git-spec-listing.ts";
import type { TreeLimits } from "./git-spec-listing.ts";
import { isFolder, refuseEntries } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";

/** One path that is not the same in two trees. Folders are never named, only their files. */
export interface PathChange {
  readonly path: string;
  readonly before: ChangedEntry | null;
  readonly after: ChangedEntry | null;
}

export interface ChangedEntry {
  readonly entry: TreeEntry;
  /** False when this name or a folder's above it is not allowed. */
  readonly safe: boolean;
}

export interface DiffScope {
  readonly limits: TreeLimits;
  /** Whether anything below a folder matters; others are not read. The path has no slash at its end. */
  readonly wants: (folder: string) => boolean;
}

/**
 * What differs between two trees (null: the empty tree), by id and mode. Reads only folders that differ; a folder that is
 * the same on both sides costs nothing, however large it is.
 */
export function diffTrees(
  trees: GitTrees,
  sides: { readonly before: string | null; readonly after: string | null },
  scope: DiffScope,
): PathChange[] {
  const diff = new TreeDiff(trees, scope);
  diff.folders(sides, { prefix: "", depth: 0, safe: true });
  return diff.changes;
}

const MAX_DEPTH = 256;

interface Place {
  readonly prefix: string;
  readonly depth: number;
  readonly safe: boolean;
}

class TreeDiff {
  readonly changes: PathChange[] = [];
  readonly #trees: GitTrees;
  readonly #scope: DiffScope;
  #entries = 0;

  constructor(trees: GitTrees, scope: DiffScope) {
    this.#trees = trees;
    this.#scope = scope;
  }

  folders(sides: { before: string | null; after: string | null }, place: Place): void {
    if (sides.before === sides.after) return;
    // Folders beyond `Depth` may hold seeds; this is the most that `Depth` can be.
    if (place.depth > MAX_DEPTH) {
      throw limitExceeded(
        "Depth",
        MAX_DEPTH,
        `Folders are nested too deeply below ${legible(place.prefix)}`,
      );
    }
    // Where one side is nothing each entry of the other is a change.
    const most =
      sides.before === null || sides.after === null ? this.#scope.limits.entries : undefined;
    const before = this.#named(sides.before, most);
    const after = this.#named(sides.after, most);
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      this.#entry(before.get(name), after.get(name), place);
    }
  }

  #named(oid: string | null, most: number | undefined): ReadonlyMap<string, TreeEntry> {
    if (oid === null) return new Map();
    return new Map(this.#trees.entries(oid, most).map((entry) => [visibleName(entry), entry]));
  }

  #entry(before: TreeEntry | undefined, after: TreeEntry | undefined, place: Place): void {
    const either = after ?? before;
    if (either === undefined || (before?.oid === after?.oid && before?.mode === after?.mode))
      return;
    this.#entries += 1;
    refuseEntries(this.#entries, this.#scope.limits.entries);
    const path = place.prefix + visibleName(either);
    const safe = place.safe && either.safe;
    const folderBefore = before !== undefined && isFolder(before) ? before.oid : null;
    const folderAfter = after !== undefined && isFolder(after) ? after.oid : null;
    if ((folderBefore !== null || folderAfter !== null) && this.#scope.wants(path)) {
      const below = { prefix: `${path}/`, depth: place.depth + 1, safe };
      this.folders({ before: folderBefore, after: folderAfter }, below);
    }
    const fileBefore =
      before === undefined || folderBefore !== null ? null : { entry: before, safe };
    const fileAfter = after === undefined || folderAfter !== null ? null : { entry: after, safe };
    if (fileBefore !== null || fileAfter !== null) {
      this.changes.push({ path, before: fileBefore, after: fileAfter });
    }
  }
}
