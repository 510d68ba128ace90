import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, with `mode`. Throws as `mkdirSync` does: in Node 24 its form that is `recursive` never ends where a
 * file system takes no folder (`/proc`), and calls a read-only disk "no such file".
 */
export function makeFolder(path: string, mode: number): void {
  const problem = tryMake(path, mode);
  if (problem === null) return;
  const above = dirname(path);
  if (codeOf(problem) !== "ENOENT" || above === path) throw problem;
  makeFolder(above, mode);
  const still = tryMake(path, mode);
  if (still !== null) throw still;
}

/** What kept the folder from being made; null: it is there. */
function tryMake(path: string, mode: number): unknown {
  try {
    mkdirSync(path, { mode });
    return null;
  } catch (error) {
    return codeOf(error) === "EEXIST" && isFolder(path) ? null : error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
