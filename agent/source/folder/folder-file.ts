import { constants, type BigIntStats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { folderChanging, isAbsent, systemCode } from "./folder-failure.ts";

/** Stands for one state of a file: it changes with every write and with another file in its place. */
export function printOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

export interface FileToRead {
  /** The folder without links on the way to it. */
  readonly base: string;
  readonly path: string;
  /** Of the file as it was listed. */
  readonly print: string;
}

/**
 * The bytes of a regular file that stays as it was listed while it is read. Rejects with `FolderChanging` when it does not, and
 * with the system's error when it cannot be read. Follows no link at the path itself and waits for no pipe.
 */
export async function readWhole({ base, path, print }: FileToRead): Promise<Buffer> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: FileHandle;
  try {
    file = await open(join(base, path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isAbsent(error) || systemCode(error) === "ELOOP") throw folderChanging(path);
    throw error;
  }
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile() || printOf(before) !== print) throw folderChanging(path);
    const bytes = await readSize(file, Number(before.size));
    const after = await file.stat({ bigint: true });
    if (bytes === null || printOf(after) !== print) throw folderChanging(path);
    return bytes;
  } finally {
    await file.close();
  }
}

/** Null when the file has fewer bytes. */
async function readSize(file: FileHandle, size: number): Promise<Buffer | null> {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) return null;
    filled += bytesRead;
  }
  return bytes;
}
