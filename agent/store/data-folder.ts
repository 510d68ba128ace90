import { lstatSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "../kernel/make-folder.ts";
import { checkOwner, makePrivate } from "./private-folder.ts";
import { storeUnavailable, toStoreError } from "./sqlite-errors.ts";
import { statOf } from "./sqlite-files.ts";

/** Makes the data folder, for its owner alone; one that exists is refused where other users could change its content. */
export function createDataFolder(folder: string): void {
  inFolder(folder, () => {
    refuseDangling(folder);
    makeFolder(folder, 0o700);
  });
  makePrivate(folder, process.getuid?.() ?? null);
}

/**
 * Why an agent could not use this data folder; null: it could. Leaves nothing behind: a folder that is made to see whether that is
 * possible is removed at once.
 */
export function dataFolderProblem(path: string): string | null {
  const folder = resolve(path);
  try {
    refuseDangling(folder);
    const isThere = statSync(folder, { throwIfNoEntry: false }) !== undefined;
    if (isThere) checkOwner(folder, process.getuid?.() ?? null);
    const above = isThere ? folder : nearest(dirname(folder));
    inFolder(folder, () => rmdirSync(mkdtempSync(join(above, ".room-operator-"))));
    return null;
  } catch (error) {
    return toStoreError(folder, error).message;
  }
}

/** No folder can be made in the place of a link to nothing. */
function refuseDangling(folder: string): void {
  let at = folder;
  while (statOf(at) === null && lstatSync(at, { throwIfNoEntry: false }) === undefined)
    at = dirname(at);
  if (statOf(at) !== null) return;
  const what = `${at} is a symbolic link to nothing: make what it leads to, or set Store.Path to another folder`;
  throw storeUnavailable(folder, what);
}

/** The first folder above that is there. */
function nearest(folder: string): string {
  return statOf(folder) === null ? nearest(dirname(folder)) : folder;
}

/** Where even the folder above is there, "no such file" means that its file system takes none. */
function inFolder(folder: string, make: () => void): void {
  try {
    make();
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isAbsent) throw error;
    const what = `no folder can be made in ${nearest(dirname(folder))}: set Store.Path to a folder on a disk`;
    throw storeUnavailable(folder, what, error);
  }
}
