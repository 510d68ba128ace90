import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { statOf } from "./sqlite-files.ts";

const markSchema = z.object({ inode: z.number(), changedMs: z.number() });

/**
 * Records next to a store in use that its log holds commits: from before the first commit until a clean end. It names the
 * file by when it was changed last, which is when the log was brought into it, so that a tool that did that
 * after a crash is distinguished from a log that was removed.
 */
export class LogMark {
  readonly #file: string;
  #notedMs: number | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** Called before each commit; writes only when the file was changed since. */
  note({ ino, mtimeMs }: { readonly ino: number; readonly mtimeMs: number }): void {
    if (this.#notedMs === mtimeMs) return;
    const mark = markOf(this.#file);
    const text = JSON.stringify({ inode: ino, changedMs: mtimeMs });
    writeFileSync(`${mark}.new`, `${text}\n`, { mode: 0o600 });
    renameSync(`${mark}.new`, mark);
    this.#notedMs = mtimeMs;
  }

  /** Before a clean end, which brings the log into the file and removes it. */
  forget(): void {
    rmSync(markOf(this.#file), { force: true });
  }
}

/**
 * True when commits lay in the store's log and the log is gone: what was committed last would silently be forgotten,
 * confirmations that were used among it. SQLite removes the index of a log before the log, so an index alone says so, too.
 */
export function isLogLost(file: string): boolean {
  const stat = statOf(file);
  if (stat === null || statOf(`${file}-wal`) !== null) return false;
  if (statOf(`${file}-shm`) !== null) return true;
  const mark = readMark(file);
  return mark !== null && mark.inode === stat.ino && mark.changedMs === stat.mtimeMs;
}

function readMark(file: string): z.infer<typeof markSchema> | null {
  try {
    return markSchema.parse(JSON.parse(readFileSync(markOf(file), "utf8")));
  } catch {
    // There is none, or it was cut off: then nothing is known of a log.
    return null;
  }
}

function markOf(file: string): string {
  return `${file}.log.json`;
}
