import { closeSync, openSync } from "node:fs";

/** Makes an empty file that only its owner may read; leaves an existing one alone, without opening it. */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
