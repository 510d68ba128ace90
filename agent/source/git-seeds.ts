import { quoted } from "../kernel/quoted.ts";
import type { ParsedSpec } from "../spec/room-spec.ts";
import { gitFailure } from "./git-failure.ts";
import type { GitObjectStore } from "./git-object-store.ts";
import { isRegularFile } from "./git-trees.ts";
import type { GitTrees } from "./git-trees.ts";
import type { SeedFile } from "./spec-source.ts";

export interface SeedPlace {
  readonly trees: GitTrees;
  readonly objects: GitObjectStore;
  readonly rootTree: string;
  readonly seedBytes: number;
}

/** Each path a spec seeds from, once. An invalid spec names none. */
export function seedPaths(parsed: ParsedSpec): readonly string[] {
  if (parsed.kind === "invalid") return [];
  const paths = parsed.spec.spec.artifacts.map((artifact) => artifact.seedFrom);
  return [...new Set(paths.filter((path) => path !== null))];
}

/** A seed as it lies in the commit's tree. Throws `CorruptPack` when the tree has it and the clone does not. */
export function readSeed(path: string, place: SeedPlace): SeedFile {
  const entry = place.trees.lookup(place.rootTree, path);
  if (entry === null) {
    return unusable(path, "SeedMissing", `There is no file ${quoted(path)} in the repository.`);
  }
  if (!isRegularFile(entry)) {
    const what = `${quoted(path)} is no regular file but ${NAMES[entry.mode] ?? `of mode ${entry.mode}`}.`;
    return unusable(path, "SeedNotRegular", what);
  }
  const size = place.objects.sizeOf(entry.oid);
  if (size === null)
    throw gitFailure("CorruptPack", `The blob ${entry.oid} is missing in the clone.`);
  if (size > place.seedBytes) {
    // A size is no proof: only what was read was compared with its id.
    place.objects.read(entry.oid, "blob");
    return unusable(
      path,
      "SeedTooLarge",
      `${quoted(path)} has ${size} bytes (limit SeedBytes: ${place.seedBytes}).`,
    );
  }
  const bytes = new Uint8Array(place.objects.read(entry.oid, "blob"));
  return { path, kind: "present", oid: entry.oid, size: bytes.length, bytes };
}

const NAMES: Readonly<Record<string, string>> = {
  "40000": "a folder",
  "120000": "a symbolic link",
  "160000": "a submodule",
};

type Unusable = Extract<SeedFile, { kind: "unusable" }>;

function unusable(path: string, reason: Unusable["reason"], message: string): Unusable {
  return { path, kind: "unusable", reason, message };
}
