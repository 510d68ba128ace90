import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small disk of its own: the one way to fill a disk, or to make one read-only, that holds for root too. */
export interface Tmpfs {
  readonly path: string;
  makeReadOnly(): void;
  unmount(): void;
}

/** Null where mounting is not permitted. */
export function mountTmpfs(sizeBytes: number): Tmpfs | null {
  const path = mkdtempSync(join(tmpdir(), "room-operator-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", path], {
      stdio: "pipe",
    });
  } catch {
    rmdirSync(path);
    return null;
  }
  return {
    path,
    makeReadOnly: () => void execFileSync("mount", ["-o", "remount,ro", path], { stdio: "pipe" }),
    unmount: () => {
      execFileSync("umount", [path], { stdio: "pipe" });
      rmdirSync(path);
    },
  };
}
