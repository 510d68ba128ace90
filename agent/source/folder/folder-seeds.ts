import { fileProblem } from "../../kernel/file-problem.ts";
import type { BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { SourceLimits } from "../../config/config.ts";
import { legible } from "../../kernel/shortened.ts";
import { mayBePointer, pointerKindOf, POINTER_NAMES } from "../../spec/content-pointer.ts";
import { bytesId } from "./folder-digest.ts";
import { isAbsent, isOfOneFile } from "./folder-failure.ts";
import { printOf } from "./folder-file.ts";
import type { FolderReader } from "./folder-reader.ts";
import type { PrintMemory } from "./print-memory.ts";
import type { SeedQuota } from "../seed-quota.ts";
import type { SeedFile, SpecSeed } from "../spec-source.ts";

export interface FolderSeedPlace {
  readonly base: string;
  readonly limits: Pick<SourceLimits, "seedBytes">;
  readonly quota: SeedQuota;
  readonly reader: FolderReader;
}

type Unusable = Extract<SpecSeed, { kind: "unusable" }>;

/** What a file is as a seed, by its bytes alone. */
export type SeedContent =
  | { readonly kind: "file"; readonly oid: string; readonly size: number }
  | Unusable;

/**
 * What the file at a path is that a spec names, with its bytes. Every folder on the way and the file itself must be what they
 * seem. Rejects with `FolderChanging` when it changes meanwhile.
 */
export async function readFolderSeed(path: string, place: FolderSeedPlace): Promise<SeedFile> {
  let bytes: Buffer = Buffer.alloc(0);
  const seed = await judgeSeed(path, place, async (print) => {
    bytes = await place.reader.read({ base: place.base, path, print });
    return toContent(path, bytes);
  });
  return seed.kind === "unusable" ? seed : { ...seed, bytes };
}

/** The same without its bytes: a file that did not change since it is in memory is not read. */
export async function lookAtFolderSeed(
  path: string,
  place: FolderSeedPlace & { readonly memory: PrintMemory<SeedContent> },
): Promise<SpecSeed> {
  return judgeSeed(path, place, (print) =>
    place.memory.valueOf({ path, print }, async () =>
      toContent(path, await place.reader.read({ base: place.base, path, print })),
    ),
  );
}

async function judgeSeed(
  path: string,
  place: FolderSeedPlace,
  contentAt: (print: string) => Promise<SeedContent>,
): Promise<SpecSeed> {
  const found = await findSeed(path, place);
  if (found.kind === "unusable") return found;
  try {
    const content = await contentAt(found.print);
    if (content.kind === "unusable") return content;
    const { oid, size } = content;
    if (!place.quota.take(oid, size)) return overQuota(path, size, place.quota);
    return { path, kind: "present", oid, size };
  } catch (error) {
    if (isOfOneFile(error)) return unreadable(path, error);
    throw error;
  }
}

function toContent(path: string, bytes: Buffer): SeedContent {
  const pointer = mayBePointer(bytes.length) ? pointerKindOf(bytes) : null;
  if (pointer === null) return { kind: "file", oid: bytesId(bytes), size: bytes.length };
  const reason = pointer === "lfs" ? "SeedIsLfsPointer" : "SeedIsAnnexPointer";
  const command = pointer === "lfs" ? "git lfs pull" : "git annex get";
  const what = `${legible(path)} is ${POINTER_NAMES[pointer]}, not the file itself`;
  return unusable(path, reason, `${what}: run \`${command}\` in the folder.`);
}

type Found = { readonly kind: "file"; readonly print: string } | Unusable;

async function findSeed(path: string, { base, limits }: FolderSeedPlace): Promise<Found> {
  const segments = path.split("/");
  for (const position of segments.keys()) {
    const at = segments.slice(0, position + 1).join("/");
    const isLast = position === segments.length - 1;
    const stat = await statOf(join(base, at), path);
    if (stat === null) {
      const message = `The folder has no file ${legible(path)}: add it, or correct the path.`;
      return unusable(path, "SeedMissing", message);
    }
    if ("kind" in stat) return stat;
    if (stat.isSymbolicLink()) {
      const message = `${legible(path)} cannot be read: ${legible(at)} is a symbolic link, which is not followed.`;
      return unusable(path, "SeedNotRegular", message);
    }
    if (isLast) return toFound(path, stat, limits.seedBytes);
    if (!stat.isDirectory()) {
      const message = `The folder has no file ${legible(path)}: ${legible(at)} is a file, not a folder.`;
      return unusable(path, "SeedMissing", message);
    }
  }
  return unusable(path, "SeedMissing", `The folder has no file ${legible(path)}.`);
}

function toFound(path: string, stat: BigIntStats, most: number): Found {
  if (!stat.isFile()) {
    const what = stat.isDirectory() ? "a folder" : "a device, a pipe or a socket";
    const message = `${legible(path)} is not a regular file but ${what}.`;
    return unusable(path, "SeedNotRegular", message);
  }
  if (stat.size > most) {
    const message = `${legible(path)} has ${stat.size} bytes (limit SeedBytes: ${most}).`;
    return unusable(path, "SeedTooLarge", message);
  }
  return { kind: "file", print: printOf(stat) };
}

/** Null: nothing is there. */
async function statOf(place: string, path: string): Promise<BigIntStats | Unusable | null> {
  try {
    return await lstat(place, { bigint: true });
  } catch (error) {
    if (isAbsent(error)) return null;
    if (isOfOneFile(error)) return unreadable(path, error);
    throw error;
  }
}

function unreadable(path: string, error: unknown): Unusable {
  const what = `${legible(path)} cannot be read (${fileProblem(error)})`;
  return unusable(path, "SeedMissing", `${what}: give the agent's user the right to read it.`);
}

function overQuota(path: string, size: number, { limit }: SeedQuota): Unusable {
  const what = `${legible(path)} has ${size} bytes, and the seeds of this source would have more than SeedTotalBytes together`;
  const advice = "Make seeds smaller or fewer, or raise that limit.";
  return unusable(path, "SeedQuotaExceeded", `${what} (limit SeedTotalBytes: ${limit}). ${advice}`);
}

function unusable(path: string, reason: Unusable["reason"], message: string): Unusable {
  return { path, kind: "unusable", reason, message };
}
