import type { SpecSeed } from "../spec-source.ts";
import type { FolderFile, FolderSnapshot } from "./folder-snapshot.ts";

/**
 * Whether a file of the snapshot before is gone, empty or shorter in this one, or no longer names something of its room. A person may
 * have made it so; or it is being saved, and the rest of it is about to be written. Pure.
 */
export function hasLosses(now: FolderSnapshot, before: FolderSnapshot | null): boolean {
  if (before === null || now.head === before.head) return false;
  const sizes = sizesOf(now);
  return (
    [...sizesOf(before)].some(([path, size]) => (sizes.get(path) ?? -1) < size) ||
    [...before.files.values()].some((file) => isNamingLess(now.files.get(file.path), file))
  );
}

function isNamingLess(now: FolderFile | undefined, before: FolderFile): boolean {
  if (now === undefined || now.oid === before.oid) return false;
  const named = new Set(now.items);
  return before.items.some((item) => !named.has(item));
}

/** In bytes, by path, of all that was read. */
function sizesOf({ files, listing, unread }: FolderSnapshot): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  // Whether such a file says that it is a RoomSpec is all that counts of it.
  for (const path of unread) sizes.set(path, 0);
  for (const { path, size } of listing.ignoreFiles) sizes.set(path, size);
  for (const { path, size, seeds } of files.values()) {
    sizes.set(path, size);
    for (const seed of seeds) if (!isMissing(seed)) sizes.set(seed.path, sizeOf(seed));
  }
  return sizes;
}

function isMissing(seed: SpecSeed): boolean {
  return seed.kind === "unusable" && seed.reason === "SeedMissing";
}

/** One that is there and cannot be used is neither shorter nor longer than anything. */
function sizeOf(seed: SpecSeed): number {
  return seed.kind === "present" ? seed.size : NaN;
}
