import { mayBePointer, pointerKindOf } from "../../spec/content-pointer.ts";
import type { TreeEntry } from "./objects/git-object-parse.ts";
import type { GitObjectStore } from "./objects/git-object-store.ts";
import { SeedQuota } from "../seed-quota.ts";
import type { ListedSpec } from "./git-spec-listing.ts";
import { isRegularFile } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { KnownFile } from "../spec-source.ts";

export interface ChangeQuestion {
  readonly trees: GitTrees;
  readonly objects: GitObjectStore;
  readonly listed: readonly ListedSpec[];
  readonly known: ReadonlyMap<string, KnownFile>;
  readonly rootTree: string;
  /** The tree of the previous head, where the clone still has it. */
  readonly previousTree: string | null;
  readonly seedBytes: number;
  readonly seedTotalBytes: number;
}

interface SeedQuestion extends ChangeQuestion {
  /** With the seeds counted that files name which hold the same bytes as before. */
  readonly quota: SeedQuota;
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
  const same = question.listed.flatMap(({ path, oid }) => {
    const known = question.known.get(path);
    return known?.oid === oid ? [known] : [];
  });
  const asked = { ...question, quota: new SeedQuota(question.seedTotalBytes, same) };
  return question.listed.filter((spec) => {
    const known = question.known.get(spec.path);
    if (known === undefined || known.oid !== spec.oid) return true;
    return known.seeds.some((seed) => seedChanged(seed, find(seed.path), asked));
  });
}

function seedChanged(
  seed: KnownFile["seeds"][number],
  entry: TreeEntry | null,
  question: SeedQuestion,
): boolean {
  if (seed.oid !== null) {
    return entry === null || !isRegularFile(entry) || entry.oid !== seed.oid;
  }
  if (entry !== null && isRegularFile(entry)) {
    if (isUsable(entry.oid, question)) return true;
  }
  // Unusable then and now: delivered again if it is unusable for another reason.
  if (question.previousTree === null) return false;
  const before = question.trees.lookup(question.previousTree, seed.path);
  return before?.oid !== entry?.oid || before?.mode !== entry?.mode;
}

function isUsable(oid: string, { objects, seedBytes, quota }: SeedQuestion): boolean {
  if (objects.skippedSize(oid) !== null) return false;
  const size = objects.sizeOf(oid);
  if (size === null) return true;
  if (!quota.fits(oid, size)) return false;
  if (size > seedBytes) return false;
  return !mayBePointer(size) || pointerKindOf(objects.read(oid, "blob")) === null;
}
