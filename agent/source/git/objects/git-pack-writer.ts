import {
  closeSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { gitFailure } from "../../git-failure.ts";
import { packIndex } from "./git-pack-index.ts";
import { resolveDeltas } from "./git-pack-resolve.ts";
import type { ScannedPack } from "./git-pack-scan.ts";

export interface PackWriterOptions {
  /** `…/objects/pack` */
  readonly folder: string;
  readonly objectBytes: number;
  /** Called again and again while the index is made. */
  readonly onProgress: () => void;
}

/**
 * Puts a pack into a clone while it comes in: on the disk, never in memory as a whole. It appears under its name, with its
 * index, when it was scanned and each of its objects has an id.
 */
export class PackWriter {
  readonly #options: PackWriterOptions;
  readonly #path: string;
  #fd: number | null;

  constructor(options: PackWriterOptions) {
    this.#options = options;
    this.#path = join(options.folder, "pack-incoming.tmp");
    this.#fd = openSync(this.#path, "w+", 0o600);
  }

  /** `start`: where in the pack the bytes belong. What is left out between two pieces takes no room on the disk. */
  write(bytes: Buffer, start: number): void {
    for (let at = 0; at < bytes.length;)
      at += writeSync(this.#file, bytes, at, bytes.length - at, start + at);
  }

  /** To be called when all of the pack was written and scanned. A pack without objects leaves nothing. */
  async finish({ objects, checksum, entries }: ScannedPack): Promise<void> {
    if (objects === 0) return;
    const { folder, objectBytes, onProgress } = this.#options;
    const read = (start: number, end: number) => this.#read(start, end);
    await resolveDeltas(entries, { read, objectBytes, onProgress });
    entries.clearSkippedIds();
    const name = join(folder, `pack-${checksum}`);
    writeFileSync(`${name}.idx.tmp`, packIndex(entries, checksum), { mode: 0o600 });
    // The pack first: one without an index is swept away, an index without a pack is an error until then.
    renameSync(this.#path, `${name}.pack`);
    renameSync(`${name}.idx.tmp`, `${name}.idx`);
  }

  /** Idempotent. What was not finished is gone. */
  close(): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
    rmSync(this.#path, { force: true });
  }

  get #file(): number {
    if (this.#fd === null) throw new Error("the pack was written to after its end");
    return this.#fd;
  }

  #read(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - start);
    const got = readSync(this.#file, bytes, 0, bytes.length, start);
    if (got !== bytes.length) throw gitFailure("CorruptPack", "The written pack is too short.");
    return bytes;
  }
}
