import { gitFailure, limitExceeded } from "../../git-failure.ts";
import type { PackEntry } from "./git-pack-entry.ts";

/** git's own objects rarely take less than 50 bytes in a pack; each entry costs about as much memory as this. */
const LEAST_ENTRY_BYTES = 32;

/** The version-2 index holds larger offsets in a table of its own, which is neither written nor read. */
const MOST_PACK_BYTES = 2 ** 31 - 1;

const OID_BYTES = 20;

/** What an entry holds. */
export interface EntryIdentity {
  /** Of a whole object; null for a delta. */
  readonly oid: Buffer | null;
  /** Too large to be made: nothing reads it, and nothing that builds on it can be made. */
  readonly skipped: boolean;
}

/**
 * What is known of each entry of a pack, by its position from 0. About 40 bytes an entry, outside the heap, so that memory is
 * bounded by `PackBytes` whatever a pack is made of.
 */
export class PackEntries {
  readonly count: number;
  readonly #starts: Uint32Array;
  readonly #crcs: Uint32Array;
  readonly #kinds: Uint8Array;
  readonly #distances: Float64Array;
  /** Ids of the objects; of a `refDelta` that is not resolved, its base's. */
  readonly #oids: Buffer;
  readonly #skipped: Uint8Array;
  #filled = 0;
  #end = 0;

  /** Throws `LimitExceeded` for more entries than a pack of `packBytes` can honestly have. */
  constructor(count: number, packBytes: number) {
    if (count > Math.ceil(packBytes / LEAST_ENTRY_BYTES)) {
      throw limitExceeded("PackBytes", packBytes, `The pack has ${count} objects, too many`);
    }
    this.count = count;
    this.#starts = new Uint32Array(count);
    this.#crcs = new Uint32Array(count);
    this.#kinds = new Uint8Array(count);
    this.#distances = new Float64Array(count);
    this.#oids = Buffer.alloc(count * OID_BYTES);
    this.#skipped = new Uint8Array(count);
  }

  /** Entries are added in the order they stand in the pack. */
  add(
    at: { readonly start: number; readonly end: number; readonly crc: number },
    entry: PackEntry,
    { oid, skipped }: EntryIdentity,
  ): void {
    if (at.end > MOST_PACK_BYTES) {
      throw gitFailure("LimitExceeded", "The pack has 2 GiB or more, which is not supported.");
    }
    const position = this.#filled;
    this.#starts[position] = at.start;
    this.#crcs[position] = at.crc;
    this.#kinds[position] = KINDS.indexOf(entry.kind);
    this.#distances[position] = entry.baseDistance;
    if (oid !== null) this.setOid(position, oid);
    else if (entry.kind === "refDelta") this.setOid(position, Buffer.from(entry.baseOid, "hex"));
    if (skipped) this.skip(position);
    this.#filled += 1;
    this.#end = at.end;
  }

  start(position: number): number {
    return this.#starts[position] ?? 0;
  }

  /** Where the entry ends. */
  end(position: number): number {
    return position + 1 < this.#filled ? this.start(position + 1) : this.#end;
  }

  crc(position: number): number {
    return this.#crcs[position] ?? 0;
  }

  kind(position: number): PackEntry["kind"] {
    return KINDS[this.#kinds[position] ?? 0] ?? "blob";
  }

  oid(position: number): Buffer {
    return this.#oids.subarray(position * OID_BYTES, (position + 1) * OID_BYTES);
  }

  setOid(position: number, oid: Buffer): void {
    oid.copy(this.#oids, position * OID_BYTES);
  }

  isSkipped(position: number): boolean {
    return this.#skipped[position] === 1;
  }

  skip(position: number): void {
    this.#skipped[position] = 1;
  }

  /** To be called when all others have their ids: an index lists skipped ones under the id that no object has. */
  clearSkippedIds(): void {
    for (let position = 0; position < this.count; position += 1)
      if (this.isSkipped(position)) this.oid(position).fill(0);
  }

  /** The position of an `offsetDelta`'s base. Throws `CorruptPack` where no entry begins. */
  baseOf(position: number): number {
    const wanted = this.start(position) - (this.#distances[position] ?? 0);
    let low = 0;
    let high = position;
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = this.start(middle);
      if (start === wanted) return middle;
      if (start < wanted) low = middle + 1;
      else high = middle;
    }
    throw gitFailure("CorruptPack", "A delta's base is not in its pack.");
  }

  /** Positions in the order of their ids, as an index lists them. */
  byOid(): Uint32Array {
    const keys = new Uint32Array(this.count);
    for (let position = 0; position < this.count; position += 1) {
      keys[position] = this.#oids.readUInt32BE(position * OID_BYTES);
    }
    const order = Uint32Array.from({ length: this.count }, (_unused, position) => position);
    return order.sort(
      (a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || Buffer.compare(this.oid(a), this.oid(b)),
    );
  }
}

const KINDS: readonly PackEntry["kind"][] = [
  "commit",
  "tree",
  "blob",
  "tag",
  "offsetDelta",
  "refDelta",
];
