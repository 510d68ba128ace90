import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { pointerKindOf, type PointerKind } from "../spec/content-pointer.ts";
import type { SeedFile } from "../source/spec-source.ts";
import type { SeedReader } from "../source/seed-reader.ts";

/**
 * Seeds of posted specs from a folder (`Operator.SeedRoot`). Paths have the rules of `seedFrom` behind them (relative,
 * no `..`); every folder on the way and the file itself must be what they seem: a symlink anywhere makes the seed unusable.
 * A seed that cannot be read is unusable and says why; only an aborted signal rejects.
 */
export function createFolderSeeds(root: string, maxBytes: () => number): SeedReader {
  return {
    name: "SeedRoot",
    readSeeds: (paths, signal) => {
      const most = maxBytes();
      return Promise.all(paths.map((path) => readSeed({ root, path, maxBytes: most }, signal)));
    },
  };
}

interface Wanted {
  readonly root: string;
  readonly path: string;
  readonly maxBytes: number;
}

async function readSeed(wanted: Wanted, signal: AbortSignal): Promise<SeedFile> {
  const { root, path } = wanted;
  signal.throwIfAborted();
  try {
    const place = join(await realpath(root), path);
    if ((await realpath(place)) !== place) return notRegular(path);
    // Should the file have become a symlink or a pipe since, opening it neither follows nor waits.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = await open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      return await readFile(file, wanted);
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(path, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

async function readFile(file: FileHandle, { path, maxBytes }: Wanted): Promise<SeedFile> {
  const stats = await file.stat();
  if (!stats.isFile()) return notRegular(path);
  if (stats.size > maxBytes) {
    const message = `${path} has ${stats.size} bytes, more than SeedBytes = ${maxBytes}`;
    return { path, kind: "unusable", reason: "SeedTooLarge", message };
  }
  // What is appended while it is read does not count, so the limit holds.
  const buffer = Buffer.alloc(stats.size);
  const { bytesRead } = await file.read(buffer, 0, stats.size, 0);
  const bytes = buffer.subarray(0, bytesRead);
  const pointer = pointerKindOf(bytes);
  if (pointer !== null) return { path, kind: "unusable", ...pointerProblem(path, pointer) };
  const oid = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { path, kind: "present", oid, size: bytes.length, bytes };
}

function pointerProblem(path: string, kind: PointerKind) {
  const [reason, what, command] =
    kind === "lfs"
      ? (["SeedIsLfsPointer", "a Git LFS pointer", "git lfs pull"] as const)
      : (["SeedIsAnnexPointer", "a git-annex pointer", "git annex get"] as const);
  const message = `${path} in Operator.SeedRoot is ${what}, not the file itself: run \`${command}\` where it was checked out`;
  return { reason, message };
}

function notRegular(path: string): SeedFile {
  const message = `${path} or a folder on the way is not a regular file or folder`;
  return { path, kind: "unusable", reason: "SeedNotRegular", message };
}

function unreadable(path: string, code: string): SeedFile {
  if (code === "ELOOP") return notRegular(path);
  const isMissing = code === "ENOENT" || code === "ENOTDIR";
  const message = isMissing
    ? `${path} is not in Operator.SeedRoot; put it there`
    : `${path} in Operator.SeedRoot cannot be read (${code}); check the rights of the agent`;
  return { path, kind: "unusable", reason: "SeedMissing", message };
}
