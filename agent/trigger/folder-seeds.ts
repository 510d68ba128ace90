import { createHash } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SeedFile } from "../source/spec-source.ts";
import type { SeedReader } from "./posted-inputs.ts";

/**
 * Seeds of posted specs from a folder (`Operator.SeedRoot`). Paths have the rules of `seedFrom` behind them (relative,
 * no `..`); every folder on the way and the file itself must be what they seem: a symlink anywhere makes the seed unusable.
 */
export function createFolderSeeds(root: string, maxBytes: number): SeedReader {
  return {
    name: "SeedRoot",
    readSeeds: (paths, signal) =>
      Promise.all(paths.map((path) => readSeed({ root, path, maxBytes }, signal))),
  };
}

interface Wanted {
  readonly root: string;
  readonly path: string;
  readonly maxBytes: number;
}

async function readSeed(wanted: Wanted, signal: AbortSignal): Promise<SeedFile> {
  const { root, path, maxBytes } = wanted;
  const kind = await kindOf(root, path.split("/"));
  if (kind === "missing")
    return unusable(path, "SeedMissing", `${path} is not in Operator.SeedRoot; put it there`);
  if (kind === "other")
    return unusable(
      path,
      "SeedNotRegular",
      `${path} or a folder on the way is no regular file or folder`,
    );
  const full = join(root, path);
  const { size } = await lstat(full);
  if (size > maxBytes)
    return unusable(
      path,
      "SeedTooLarge",
      `${path} has ${size} bytes, more than SeedBytes = ${maxBytes}`,
    );
  const bytes = await readFile(full, { signal });
  const oid = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { path, kind: "present", oid, size: bytes.length, bytes };
}

async function kindOf(
  root: string,
  names: readonly string[],
): Promise<"file" | "missing" | "other"> {
  let at = root;
  for (const [depth, name] of names.entries()) {
    at = join(at, name);
    const stats = await lstat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    });
    if (stats === null) return "missing";
    const last = depth === names.length - 1;
    if (last ? !stats.isFile() : !stats.isDirectory()) return "other";
  }
  return "file";
}

function unusable(
  path: string,
  reason: "SeedMissing" | "SeedNotRegular" | "SeedTooLarge",
  message: string,
): SeedFile {
  return { path, kind: "unusable", reason, message };
}
