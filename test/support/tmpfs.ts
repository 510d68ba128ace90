import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small disk of its own: the one way to fill a disk, or to make one read-only, that holds for root too. */
export interface Tmpfs {
  readonly path: string;
  makeReadOnly(): void;
  /** Takes all the space there is, to the last page. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
  unmount(): void;
}

/** Null where mounting is not permitted. */
export function mountTmpfs(sizeBytes: number): Tmpfs | null {
  const path = mkdtempSync(join(tmpdir(), "room-operator-disk-"));
  try {
    // Without a mode everybody may write to it, and the agent keeps no store in such a folder.
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes},mode=700`, "tmpfs", path], {
      stdio: "pipe",
    });
  } catch {
    rmdirSync(path);
    return null;
  }
  const filler = join(path, "filler");
  return {
    path,
    makeReadOnly: () => void execFileSync("mount", ["-o", "remount,ro", path], { stdio: "pipe" }),
    fill: () => fill(filler),
    free: () => rmSync(filler, { force: true }),
    unmount: () => {
      execFileSync("umount", [path], { stdio: "pipe" });
      rmdirSync(path);
    },
  };
}

function fill(path: string): void {
  const file = openSync(path, "a");
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    closeSync(file);
  }
}
