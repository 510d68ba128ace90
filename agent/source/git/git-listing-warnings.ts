import { quoted } from "../../kernel/quoted.ts";
import { shortened } from "../../kernel/shortened.ts";
import type { SpecListing } from "./git-spec-listing.ts";
import { isFolder, isRegularFile } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { SourceWarning } from "../spec-source.ts";
import { misnamedWarnings } from "../unread-specs.ts";

/** What a person should know of the names in a tree, though nothing fails by it. */
export function listingWarnings(
  listing: SpecListing,
  tree: { readonly trees: GitTrees; readonly rootTree: string; readonly folder: string },
): readonly SourceWarning[] {
  const problem = folderProblem(tree);
  return [
    ...(problem === null ? [] : [{ reason: "NoSpecsFound" as const, message: problem }]),
    ...misnamedWarnings(listing.misnamed, listing.misnamedCount),
  ];
}

/** What the source's `Path` is, if it is not a folder; null when it is one. */
function folderProblem({
  trees,
  rootTree,
  folder,
}: {
  readonly trees: GitTrees;
  readonly rootTree: string;
  readonly folder: string;
}): string | null {
  const segments = folder.split("/");
  for (const position of segments.keys()) {
    const at = segments.slice(0, position + 1).join("/");
    const entry = trees.lookup(rootTree, at);
    if (entry !== null && isFolder(entry)) continue;
    return `Path ${quoted(shortened(folder, 200))} holds no spec: ${quoted(shortened(at, 200))} ${whatIs(entry)}`;
  }
  return null;
}

function whatIs(entry: ReturnType<GitTrees["lookup"]>): string {
  if (entry === null) return "is not in the repository; case counts";
  if (isRegularFile(entry)) return "is a file, not a folder";
  return entry.mode === "160000"
    ? "is a submodule, whose files are in another repository"
    : "is a symbolic link, which is not followed; name the folder itself";
}
