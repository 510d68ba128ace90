import { quoted } from "../../kernel/quoted.ts";
import { shortened } from "../../kernel/shortened.ts";
import type { TreeEntry } from "./objects/git-object-parse.ts";
import { toListedSpec, type ListedSpec } from "./git-spec-listing.ts";
import { isFolder, isRegularFile } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { KnownFile } from "../spec-source.ts";

/**
 * The known spec files that a link or a submodule hides: they cannot be read, so they are not gone (L1). One
 * whose very content is at a new path has moved there. `listed`: what the tree holds.
 */
export function hiddenSpecs(
  listed: readonly ListedSpec[],
  known: ReadonlyMap<string, KnownFile>,
  at: { readonly trees: GitTrees; readonly rootTree: string; readonly folder: string },
): readonly ListedSpec[] {
  const start = at.trees.lookup(at.rootTree, at.folder);
  // Of a source whose Path is not a folder all files are gone at once, which is never believed.
  if (start === null || !isFolder(start)) return [];
  const present = new Set(listed.map(({ path }) => path));
  const moved = new Set(listed.flatMap(({ path, oid }) => (known.has(path) ? [] : [oid])));
  return [...known.values()].flatMap(({ path, oid }) => {
    if (present.has(path) || moved.has(oid)) return [];
    const found = inTheWay(path, at);
    if (found === null) return [];
    const { oid: id } = toListedSpec(path, found.entry, true);
    return [{ path, oid: id, problem: problemOf(found) }];
  });
}

interface InTheWay {
  readonly path: string;
  readonly entry: TreeEntry;
}

/** The link or submodule in place of a folder that a path goes through. */
function inTheWay(
  path: string,
  { trees, rootTree }: { readonly trees: GitTrees; readonly rootTree: string },
): InTheWay | null {
  const segments = path.split("/");
  for (let depth = 1; depth < segments.length; depth += 1) {
    const folder = segments.slice(0, depth).join("/");
    const entry = trees.lookup(rootTree, folder);
    if (entry === null || isRegularFile(entry)) return null;
    if (!isFolder(entry)) return { path: folder, entry };
  }
  return null;
}

function problemOf({ path, entry }: InTheWay): string {
  const what =
    entry.mode === "160000"
      ? "a submodule now, whose files are in another repository"
      : entry.mode === "120000"
        ? "a symbolic link now, which is not followed"
        : `an entry of mode ${entry.mode} now, not a folder`;
  return (
    `This file cannot be read: ${quoted(shortened(path, 200))} is ${what}. ` +
    "Put the folder back with the file in it; to stop managing the room, delete the entry."
  );
}
