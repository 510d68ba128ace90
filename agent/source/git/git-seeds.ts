import type { SourceLimits } from "../../config/config.ts";
import { quoted } from "../../kernel/quoted.ts";
import type { ParsedSpec } from "../../spec/room-spec.ts";
import { mayBePointer, pointerKindOf, POINTER_NAMES } from "../../spec/content-pointer.ts";
import type { PointerKind } from "../../spec/content-pointer.ts";
import { gitFailure } from "../git-failure.ts";
import type { GitObjectStore } from "./objects/git-object-store.ts";
import { whyMissing } from "./git-missing-seed.ts";
import { isRegularFile } from "./objects/git-trees.ts";
import type { GitTrees } from "./objects/git-trees.ts";
import type { SeedQuota } from "../seed-quota.ts";
import type { SeedFile, SpecSeed } from "../spec-source.ts";

export interface SeedPlace {
  readonly trees: GitTrees;
  readonly objects: GitObjectStore;
  readonly rootTree: string;
  /** That `rootTree` belongs to. */
  readonly commit: string;
  readonly limits: Pick<SourceLimits, "seedBytes" | "objectBytes" | "packBytes">;
  readonly quota: SeedQuota;
}

/** Each path a spec seeds from, once. An invalid spec names none. */
export function seedPaths(parsed: ParsedSpec): readonly string[] {
  if (parsed.kind === "invalid") return [];
  const paths = parsed.spec.spec.artifacts.map((artifact) => artifact.seedFrom);
  return [...new Set(paths.filter((path) => path !== null))];
}

/**
 * What a seed is in the commit's tree, without its bytes: they are read where they are needed, one seed at a time. Throws
 * `CorruptPack` when the tree has it and the clone does not.
 */
export function readSeed(path: string, place: SeedPlace): SpecSeed {
  const entry = place.trees.lookup(place.rootTree, path);
  if (entry === null) {
    const { isOdd, message } = whyMissing(place.trees, place.rootTree, path);
    return unusable(path, isOdd ? "SeedNotRegular" : "SeedMissing", message);
  }
  if (!isRegularFile(entry)) {
    const what = `${quoted(path)} is not a regular file but ${NAMES[entry.mode] ?? `of mode ${entry.mode}`}.`;
    return unusable(path, "SeedNotRegular", what);
  }
  const { seedBytes: most } = place.limits;
  const skipped = place.objects.skippedSize(entry.oid);
  if (skipped !== null) return unusable(path, "SeedTooLarge", tooLargeToKeep(path, skipped, place));
  const size = place.objects.sizeOf(entry.oid);
  if (size === null)
    throw gitFailure("CorruptPack", `The blob ${entry.oid} is missing in the clone.`);
  if (size > most) {
    // The size is unverified; reading checks the object id.
    place.objects.read(entry.oid, "blob");
    return unusable(
      path,
      "SeedTooLarge",
      `${quoted(path)} has ${size} bytes (limit SeedBytes: ${most}).`,
    );
  }
  if (!place.quota.take(entry.oid, size)) {
    const what = `${quoted(path)} has ${size} bytes, and the seeds of this source would have more than SeedTotalBytes together`;
    const advice = "Make seeds smaller or fewer, or raise that limit.";
    const message = `${what} (limit SeedTotalBytes: ${place.quota.limit}). ${advice}`;
    return unusable(path, "SeedQuotaExceeded", message);
  }
  const { oid } = entry;
  const pointer = mayBePointer(size) ? pointerKindOf(place.objects.read(oid, "blob")) : null;
  if (pointer !== null) {
    const { reason, advice } = POINTERS[pointer];
    const what = `${quoted(path)} is ${POINTER_NAMES[pointer]}, and the content behind it is not read`;
    return unusable(path, reason, `${what}. ${advice}`);
  }
  return { path, kind: "present", oid, size };
}

function tooLargeToKeep(path: string, size: number, { commit, limits }: SeedPlace): string {
  const { objectBytes, packBytes } = limits;
  const known = size > packBytes ? `more than ${packBytes} bytes` : `${size} bytes`;
  const limit = size > packBytes ? `PackBytes: ${packBytes}` : `ObjectBytes: ${objectBytes}`;
  return `${quoted(path)} has ${known} in commit ${commit.slice(0, 7)} (limit ${limit}).`;
}

/** The same with its bytes. */
export function readSeedFile(path: string, place: SeedPlace): SeedFile {
  const seed = readSeed(path, place);
  return seed.kind === "present" ? { ...seed, bytes: seedBytes(seed, place.objects) } : seed;
}

/** The bytes of a seed, in a buffer of their own. */
export function seedBytes(
  { path, oid, size }: { readonly path: string; readonly oid: string; readonly size: number },
  objects: GitObjectStore,
): Uint8Array {
  const bytes = objects.read(oid, "blob");
  // The quota counted what the pack says of the size.
  if (bytes.length !== size) {
    throw gitFailure(
      "CorruptPack",
      `The blob ${oid} of ${quoted(path)} is not ${size} bytes long.`,
    );
  }
  return new Uint8Array(bytes);
}

/** What is said of a seed that is a pointer. */
const POINTERS = {
  lfs: {
    reason: "SeedIsLfsPointer",
    advice:
      "Commit the file itself: take its path out of .gitattributes, then `git add --renormalize` it.",
  },
  annex: {
    reason: "SeedIsAnnexPointer",
    advice: "Commit the file itself: `git annex unannex` it, then `git add` it.",
  },
} as const satisfies Record<PointerKind, unknown>;

const NAMES: Readonly<Record<string, string>> = {
  "40000": "a folder",
  "120000": "a symbolic link",
  "160000": "a submodule",
};

type Unusable = Extract<SeedFile, { kind: "unusable" }>;

function unusable(path: string, reason: Unusable["reason"], message: string): Unusable {
  return { path, kind: "unusable", reason, message };
}
