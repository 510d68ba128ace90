import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { gitFailure } from "../../git-failure.ts";
import { MOST_HEAD_BYTES } from "./git-pack-entry.ts";

const FANOUT_START = 8;
const NAMES_START = FANOUT_START + 256 * 4;

/**
 * One pack with its version-2 index. The index is held in memory, the pack is read piece by piece. Nothing read here is
 * verified but the index's own checksum and frame: whoever resolves an object compares it with its id.
 */
export class PackFile {
  /** `….pack`; git names packs after what they hold. The file stays open, so its folder may be moved. */
  readonly name: string;
  readonly count: number;
  readonly #fd: number;
  readonly #index: Buffer;
  /** Where each entry begins, ascending, and behind them where the last one ends. */
  readonly #starts: Uint32Array;

  /** Opens `<path>` (`….pack`) and the index next to it. Throws `CorruptPack` if the two are not a pair. */
  constructor(path: string) {
    this.name = basename(path);
    this.#index = readFileSync(path.replace(/\.pack$/, ".idx"));
    this.count = checkIndex(this.#index, path);
    this.#fd = openSync(path, "r");
    try {
      this.#starts = this.#checkPack();
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** Where the object's entry begins, or -1. */
  find(oid: string): number {
    const wanted = Buffer.from(oid, "hex");
    const first = wanted[0] ?? 0;
    let low = first === 0 ? 0 : this.#index.readUInt32BE(FANOUT_START + (first - 1) * 4);
    let high = this.#index.readUInt32BE(FANOUT_START + first * 4);
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = NAMES_START + middle * 20;
      const order = this.#index.compare(wanted, 0, 20, at, at + 20);
      if (order === 0) return this.#offsetOf(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  /** The bytes from where an entry begins to where the next one does. */
  entryBytes(start: number): Buffer {
    return this.#read(start, this.#endOf(start));
  }

  /** The beginning of an entry: enough for its head. */
  headBytes(start: number): Buffer {
    return this.#read(start, Math.min(this.#endOf(start), start + MOST_HEAD_BYTES));
  }

  close(): void {
    closeSync(this.#fd);
  }

  #endOf(start: number): number {
    const position = this.#positionOf(start);
    const end = this.#starts[position + 1];
    if (position === -1 || end === undefined) {
      throw gitFailure("CorruptPack", `No object begins at byte ${start} of a pack.`);
    }
    return end;
  }

  #read(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - start);
    const got = readSync(this.#fd, bytes, 0, bytes.length, start);
    if (got !== bytes.length)
      throw gitFailure("CorruptPack", "A pack is shorter than its index says.");
    return bytes;
  }

  #offsetOf(position: number): number {
    return this.#index.readUInt32BE(NAMES_START + this.count * 24 + position * 4);
  }

  #positionOf(start: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = this.#starts[middle] ?? 0;
      if (value === start) return middle;
      if (value < start) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  #checkPack(): Uint32Array {
    const size = fstatSync(this.#fd).size;
    const head = Buffer.alloc(12);
    const trailer = Buffer.alloc(20);
    readSync(this.#fd, head, 0, 12, 0);
    readSync(this.#fd, trailer, 0, 20, Math.max(size - 20, 0));
    const own = this.#index.subarray(this.#index.length - 40, this.#index.length - 20);
    if (head.readUInt32BE(8) !== this.count || !trailer.equals(own)) {
      throw gitFailure("CorruptPack", "A pack and its index do not belong together.");
    }
    const starts = new Uint32Array(this.count + 1);
    for (let position = 0; position < this.count; position += 1) {
      starts[position] = this.#offsetOf(position);
    }
    starts[this.count] = size - 20;
    starts.subarray(0, this.count).sort();
    return starts;
  }
}

/** How many objects the index lists. Packs of 2 GiB and more (64-bit offsets) are refused: `PackBytes` is far below. */
function checkIndex(index: Buffer, path: string): number {
  const count = index.length < NAMES_START + 40 ? -1 : index.readUInt32BE(NAMES_START - 4);
  const whole =
    count >= 0 &&
    index.readUInt32BE(0) === 0xff744f63 &&
    index.readUInt32BE(4) === 2 &&
    index.length === NAMES_START + count * 28 + 40;
  const sum = createHash("sha1")
    .update(index.subarray(0, Math.max(index.length - 20, 0)))
    .digest();
  if (!whole || !sum.equals(index.subarray(index.length - 20))) {
    throw gitFailure("CorruptPack", `The index of ${path} is damaged.`);
  }
  return count;
}
