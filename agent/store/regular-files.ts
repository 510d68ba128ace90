import { statSync } from "node:fs";
import { basename } from "node:path";
import { fileProblem } from "../kernel/file-problem.ts";
import { storeUnavailable } from "./sqlite-errors.ts";

/** What SQLite and a start open next to the store. */
const PARTS = ["", "-wal", "-shm", ".log.json", ".damage.json"] as const;

/**
 * Throws `StoreUnavailable` where one of the files of a store is something else, such as a pipe, which whoever opens it waits for without
 * an end, or a link to itself. Opens none of them.
 */
export function checkRegular(file: string): void {
  for (const part of PARTS) {
    const found = kindOf(`${file}${part}`);
    if (found === null) continue;
    const name = part === "" ? "it" : `${basename(file)}${part} next to it`;
    throw storeUnavailable(file, `${name} ${found}: move it away, or set Store.Path`);
  }
}

/** Null: a regular file, or none. Throws what the system says of a folder that cannot be looked into. */
function kindOf(path: string): string | null {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined || stat.isFile() ? null : "is not a regular file";
  } catch (error) {
    const isLoop = error instanceof Error && "code" in error && error.code === "ELOOP";
    if (!isLoop) throw error;
    return `cannot be looked at (${fileProblem(error)})`;
  }
}
