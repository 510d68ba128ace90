import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Sizes of the files under a folder, together. A file that goes while it is looked at counts as nothing. */
export function bytesUnder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => statSync(join(parentPath, name), { throwIfNoEntry: false }))
    .reduce((sum, stat) => sum + (stat?.size ?? 0), 0);
}
