import type { SpecSeed } from "../spec-source.ts";
import type { FolderFile, FolderSnapshot } from "./folder-snapshot.ts";

/**
 * The files that are gone, empty or shorter than in the snapshot before, or no longer name something of their room; with any of them, the
 * specs that are new, which may be where such a file moves to. A person may have made it so; or a file is being saved, and the rest of it
 * is about to be written. Pure.
 */
export function lossesOf(now: FolderSnapshot, before: FolderSnapshot): readonly string[] {
  if (now.head === before.head) return [];
  const states = statesOf(now);
  const lost = [...statesOf(before)].filter(
    ([path, { size }]) =>
      (states.get(path)?.size ?? -1) < size ||
      isNamingLess(now.files.get(path), before.files.get(path)),
  );
  if (lost.length === 0) return [];
  const added = [...now.files.keys()].filter((path) => !before.files.has(path));
  return [...lost.map(([path]) => path), ...added];
}

export interface Readings {
  readonly now: FolderSnapshot;
  /** The reading before it. */
  readonly last: FolderSnapshot;
  /** What counted until then; null: it is not in memory. */
  readonly before: FolderSnapshot | null;
}

/** The files that have to be the same in both readings and are not: those that lost something, or all where that is not known. Pure. */
export function unsettledOf({ now, last, before }: Readings): readonly string[] {
  if (now.head === last.head) return [];
  const [states, earlier] = [statesOf(now), statesOf(last)];
  const paths =
    before === null ? new Set([...states.keys(), ...earlier.keys()]) : lossesOf(now, before);
  return [...paths].filter((path) => states.get(path)?.content !== earlier.get(path)?.content);
}

function isNamingLess(now: FolderFile | undefined, before: FolderFile | undefined): boolean {
  if (now === undefined || before === undefined || now.oid === before.oid) return false;
  const named = new Set(now.items);
  return before.items.some((item) => !named.has(item));
}

interface FileState {
  /** In bytes. */
  readonly size: number;
  /** Differs where what was read of the file does. */
  readonly content: string;
}

/** By path, of all that was read. */
function statesOf({ files, listing, unread }: FolderSnapshot): ReadonlyMap<string, FileState> {
  const states = new Map<string, FileState>();
  // Whether such a file says that it is a RoomSpec is all that counts of it.
  for (const path of unread) states.set(path, { size: 0, content: "" });
  for (const { path, size, print } of listing.ignoreFiles)
    states.set(path, { size, content: print });
  for (const { path, size, oid, seeds } of files.values()) {
    states.set(path, { size, content: oid });
    for (const seed of seeds) if (!isMissing(seed)) states.set(seed.path, stateOf(seed));
  }
  return states;
}

function isMissing(seed: SpecSeed): boolean {
  return seed.kind === "unusable" && seed.reason === "SeedMissing";
}

/** One that is there and cannot be used is neither shorter nor longer than anything. */
function stateOf(seed: SpecSeed): FileState {
  if (seed.kind === "present") return { size: seed.size, content: seed.oid };
  return { size: NaN, content: seed.message };
}
