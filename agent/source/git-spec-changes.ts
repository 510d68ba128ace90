import type { TreeEntry } from "./git-object-parse.ts";
import type { GitObjectStore } from "./git-object-store.ts";
import type { ListedSpec } from "./git-spec-listing.ts";
import { isRegularFile } from "./git-trees.ts";
import type { GitTrees } from "./git-trees.ts";
import type { KnownFile } from "./spec-source.ts";

export interface ChangeQuestion {
  readonly trees: GitTrees;
  readonly objects: GitObjectStore;
  readonly listed: readonly ListedSpec[];
  readonly known: ReadonlyMap<string, KnownFile>;
  readonly rootTree: string;
  /** The tree of the previous head, where the clone still has it. */
  readonly previousTree: string | null;
  readonly seedBytes: number;
}

/** The spec files that are new, hold other bytes, or name a seed that is not what it was. */
export function changedSpecs(question: ChangeQuestion): ListedSpec[] {
  const found = new Map<string, TreeEntry | null>();
  const find = (path: string): TreeEntry | null => {
    let entry = found.get(path);
    if (entry === undefined) {
      entry = question.trees.lookup(question.rootTree, path);
      found.set(path, entry);
    }
    return entry;
  };
  return question.listed.filter((spec) => {
    const known = question.known.get(spec.path);
    if (known === undefined || known.oid !== spec.oid) return true;
    return known.seeds.some((seed) => seedChanged(seed, find(seed.path), question));
  });
}

function seedChanged(
  seed: KnownFile["seeds"][number],
  entry: TreeEntry | null,
  question: ChangeQuestion,
): boolean {
  if (seed.oid !== null) {
    return entry === null || !isRegularFile(entry) || entry.oid !== seed.oid;
  }
  if (entry !== null && isRegularFile(entry)) {
    const size = question.objects.sizeOf(entry.oid);
    if (size === null || size <= question.seedBytes) return true;
  }
  // Unusable then and now: told again if it is unusable for another reason.
  if (question.previousTree === null) return false;
  const before = question.trees.lookup(question.previousTree, seed.path);
  return before?.oid !== entry?.oid || before?.mode !== entry?.mode;
}
