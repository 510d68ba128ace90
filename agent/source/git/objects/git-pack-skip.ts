import { createHash } from "node:crypto";
import { Z_BUF_ERROR, Z_OK, Z_STREAM_END, zlibInflate, zlibInflateInit, ZStream } from "pako";
import { gitFailure } from "../../git-failure.ts";
import type { PackEntry } from "./git-pack-entry.ts";
import { endIfAsked } from "./git-thread-end.ts";

const OUTPUT_BYTES = 64 * 1024;

/** An entry that was skipped to its end. */
export interface SkippedEntry {
  readonly kind: PackEntry["kind"];
  /** Of the inflated data. */
  readonly size: number;
  /** Null for a delta: what it makes is not known. */
  readonly oid: Buffer | null;
  /** Bytes of the last piece that belong to it. */
  readonly consumed: number;
}

/**
 * Reads over the data of one entry while it comes in, whatever its size: at any moment 64 KiB of it are inflated. Node's own
 * zlib inflates piece by piece only asynchronously, and needs all of the input otherwise.
 */
export class PackSkip {
  readonly #entry: PackEntry;
  readonly #stream = new ZStream();
  readonly #output = new Uint8Array(OUTPUT_BYTES);
  readonly #sum = createHash("sha1");
  #inflated = 0;

  constructor(entry: PackEntry) {
    this.#entry = entry;
    zlibInflateInit(this.#stream);
    this.#sum.update(`${entry.kind} ${entry.size}\0`);
  }

  /** Null while more of it has to come. Throws `CorruptPack` when its data cannot be inflated or has not the declared size. */
  push(piece: Buffer): SkippedEntry | null {
    const stream = this.#stream;
    stream.input = piece;
    stream.next_in = 0;
    stream.avail_in = piece.length;
    for (;;) {
      endIfAsked();
      stream.output = this.#output;
      stream.next_out = 0;
      stream.avail_out = OUTPUT_BYTES;
      const status = zlibInflate(stream, 0);
      this.#take(this.#output.subarray(0, stream.next_out));
      if (status === Z_STREAM_END) return this.#end(piece.length - stream.avail_in);
      if (status !== Z_OK && status !== Z_BUF_ERROR) {
        const why = stream.msg || `zlib error ${status}`;
        throw gitFailure("CorruptPack", `An object of the pack cannot be inflated: ${why}`);
      }
      if (stream.avail_out > 0) return null;
    }
  }

  #take(bytes: Uint8Array): void {
    this.#inflated += bytes.length;
    this.#sum.update(bytes);
    if (this.#inflated > this.#entry.size) refuseSize();
  }

  #end(consumed: number): SkippedEntry {
    const { kind, size } = this.#entry;
    if (this.#inflated !== size) refuseSize();
    const isDelta = kind === "offsetDelta" || kind === "refDelta";
    return { kind, size, oid: isDelta ? null : this.#sum.digest(), consumed };
  }
}

function refuseSize(): never {
  throw gitFailure("CorruptPack", "An object of the pack has another size than it declares.");
}
