import { createHash } from "node:crypto";
import { constants, crc32, inflateSync } from "node:zlib";
import { messageOf } from "../../../kernel/errors.ts";
import { deltaSizes } from "./git-delta.ts";
import { gitFailure, limitExceeded } from "../../git-failure.ts";
import { objectId } from "./git-object-id.ts";
import { PackEntries } from "./git-pack-entries.ts";
import type { EntryIdentity } from "./git-pack-entries.ts";
import { MOST_HEAD_BYTES, readPackEntry } from "./git-pack-entry.ts";
import type { PackEntry } from "./git-pack-entry.ts";
import { PackSkip } from "./git-pack-skip.ts";
import { endIfAsked } from "./git-thread-end.ts";

export interface PackLimits {
  readonly packBytes: number;
  /** Of one object, inflated and with its delta applied. */
  readonly objectBytes: number;
}

/** All objects of a pack together may inflate to so many times `PackBytes`: text deflates to a tenth, bombs to a thousandth. */
const MAX_INFLATION = 16;

/** What all deltas of a pack make may be so many times `PackBytes`: each has to be made and hashed once to be indexed. */
const MAX_RESOLVED = 256;

const HEADER_BYTES = 12;
const TRAILER_BYTES = 20;

/** What is known of a pack that was gone through to its end. */
export interface ScannedPack {
  readonly objects: number;
  /** The SHA-1 over the pack that it ends with, in hex. */
  readonly checksum: string;
  /** Its entries; those that are deltas have no id yet. */
  readonly entries: PackEntries;
  /** Sizes of the blobs over `objectBytes` that were skipped, by id; those sent as a delta are not named. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Given each piece of a pack once it was scanned, with its place in the pack. The data of skipped objects is left out. */
export type KeepBytes = (bytes: Buffer, start: number) => void;

/**
 * Goes through a pack while it comes in, before anything indexes it: the number of objects, the size each of them declares,
 * and the checksum at its end. A blob over `objectBytes` is skipped: read to its end and not kept; any other object of that size
 * is refused at its head. At any moment no more than one object, of at most `objectBytes`, is inflated. Throws `CorruptPack` or
 * `LimitExceeded`.
 */
export class PackScan {
  readonly #limits: PackLimits;
  readonly #keep: KeepBytes;
  readonly #skipped = new Map<string, number>();
  /** The object that is being skipped, and what its entry began with. */
  #skip: { readonly reader: PackSkip; readonly entry: PackEntry; readonly start: number } | null =
    null;
  readonly #sum = createHash("sha1");
  /** What came in and belongs to no whole entry yet. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** It is tried again when so much is pending: twice as much each time, so that few tries are made of a large object. */
  #wantedBytes = HEADER_BYTES;
  /** Null until the header was read. */
  #entries: PackEntries | null = null;
  /** Where in the pack what is pending begins. */
  #start = 0;
  #seen = 0;
  #inflated = 0;
  #resolved = 0;

  constructor(limits: PackLimits, keep: KeepBytes = () => undefined) {
    this.#limits = limits;
    this.#keep = keep;
  }

  push(piece: Buffer): void {
    this.#wait(this.#skip === null ? piece : this.#skipOn(piece));
    if (this.#skip === null && this.#pendingBytes >= this.#wantedBytes) this.#read(false);
  }

  /** To be called once, when all of the pack has come in. */
  finish(): ScannedPack {
    if (this.#skip === null) this.#read(true);
    const trailer = Buffer.concat(this.#pending);
    if (this.#entries === null || trailer.length < TRAILER_BYTES) refuseOther();
    if (trailer.length > TRAILER_BYTES) refuseMore();
    const sum = this.#sum.digest();
    if (!sum.equals(trailer)) {
      throw gitFailure(
        "CorruptPack",
        "The pack's checksum is wrong: it was damaged or cut on its way.",
      );
    }
    this.#keep(trailer, this.#start);
    const entries = this.#entries;
    const checksum = sum.toString("hex");
    return { objects: entries.count, checksum, entries, skipped: this.#skipped };
  }

  /** Takes every whole entry of what is pending. `last`: nothing more will come. */
  #read(last: boolean): void {
    do {
      const bytes = Buffer.concat(this.#pending);
      const end = last ? bytes.length - TRAILER_BYTES : bytes.length;
      let at = 0;
      if (this.#entries === null && end >= HEADER_BYTES) {
        this.#entries = new PackEntries(objectsIn(bytes), this.#limits.packBytes);
        at = HEADER_BYTES;
      }
      this.#wantedBytes = 0;
      if (this.#entries !== null)
        at = this.#readEntries(this.#entries, bytes.subarray(0, end), { at, last });
      if (!last && this.#seen === this.#entries?.count && end - at > TRAILER_BYTES) refuseMore();
      this.#keep(bytes.subarray(0, at), this.#start);
      this.#pass(bytes.subarray(0, at));
      this.#pending = [];
      this.#pendingBytes = 0;
      const rest = bytes.subarray(at);
      if (this.#skip === null) {
        this.#wait(rest);
        return;
      }
      this.#wait(this.#skipOn(rest));
    } while (this.#skip === null);
    if (last) refuseFewer(this.#entries?.count ?? 0);
  }

  #wait(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #pass(bytes: Buffer): void {
    this.#sum.update(bytes);
    this.#start += bytes.length;
  }

  /** Reads on over the object that is being skipped. Gives back the bytes behind it; none while more of it has to come. */
  #skipOn(bytes: Buffer): Buffer {
    const skip = this.#skip;
    if (skip === null) return bytes;
    const ended = skip.reader.push(bytes);
    this.#pass(ended === null ? bytes : bytes.subarray(0, ended.consumed));
    if (ended === null) return bytes.subarray(bytes.length);
    const { entry, start } = skip;
    this.#entries?.add({ start, end: this.#start, crc: 0 }, entry, {
      oid: ended.oid,
      skipped: true,
    });
    if (ended.oid !== null) this.#skipped.set(ended.oid.toString("hex"), entry.size);
    this.#seen += 1;
    this.#skip = null;
    return bytes.subarray(ended.consumed);
  }

  /** Takes whole entries from `at` on, up to one that has to be skipped. Gives back where the rest begins. */
  #readEntries(
    entries: PackEntries,
    bytes: Buffer,
    { at, last }: { readonly at: number; readonly last: boolean },
  ): number {
    let next = at;
    while (this.#seen < entries.count && this.#wantedBytes === 0) {
      const left = bytes.length - next;
      const taken = last || left >= MOST_HEAD_BYTES ? this.#entry(bytes, next, entries) : null;
      if (taken !== null) next += taken;
      else if (last) refuseFewer(entries.count);
      else this.#wantedBytes = Math.max(2 * left, MOST_HEAD_BYTES);
      if (this.#skip !== null) return next;
    }
    return next;
  }

  /** How many bytes the entry at `at` takes; null if it is not all there. Of one to be skipped its head alone is taken. */
  #entry(bytes: Buffer, at: number, entries: PackEntries): number | null {
    if (at >= bytes.length) return null;
    const entry = readPackEntry(bytes, at);
    const start = this.#start + at;
    if (entry.size > this.#limits.objectBytes) {
      if (!mayBeBlob(entry)) refuseSize(entry.size, this.#limits);
      this.#count(entry.size);
      this.#skip = { reader: new PackSkip(entry), entry, start };
      return entry.dataStart - at;
    }
    const inflated = inflateWhole(bytes.subarray(entry.dataStart), entry);
    if (inflated === null) return null;
    this.#count(entry.size);
    const end = entry.dataStart + inflated.consumed;
    const crc = crc32(bytes.subarray(at, end));
    entries.add(
      { start, end: this.#start + end, crc },
      entry,
      this.#whatItIs(entry, inflated.data),
    );
    this.#seen += 1;
    return end - at;
  }

  #whatItIs(entry: PackEntry, data: Buffer): EntryIdentity {
    if (entry.kind !== "offsetDelta" && entry.kind !== "refDelta")
      return { oid: objectId(entry.kind, data), skipped: false };
    const { result } = deltaSizes(data);
    if (result > this.#limits.objectBytes) return { oid: null, skipped: true };
    this.#resolved += result;
    refuseSum(this.#resolved, MAX_RESOLVED, this.#limits);
    return { oid: null, skipped: false };
  }

  #count(size: number): void {
    this.#inflated += size;
    refuseSum(this.#inflated, MAX_INFLATION, this.#limits);
  }
}

/** A delta makes an object of the type of its base, which shows only when all deltas are resolved. */
function mayBeBlob({ kind }: PackEntry): boolean {
  return kind === "blob" || kind === "offsetDelta" || kind === "refDelta";
}

/** How many objects the pack's header names. */
function objectsIn(pack: Buffer): number {
  if (pack.toString("latin1", 0, 4) !== "PACK") refuseOther();
  const version = pack.readUInt32BE(4);
  if (version !== 2) throw gitFailure("CorruptPack", `The pack has version ${version}, not 2.`);
  return pack.readUInt32BE(8);
}

function refuseOther(): never {
  throw gitFailure("CorruptPack", "What the server sent as a pack is none.");
}

function refuseFewer(objects: number): never {
  throw gitFailure("CorruptPack", `The pack names ${objects} objects, more than it holds.`);
}

function refuseMore(): never {
  throw gitFailure("CorruptPack", "The pack holds bytes behind its last object.");
}

function refuseSize(size: number, { objectBytes }: PackLimits): never {
  const what = `The repository holds a commit, tree or tag of ${size} bytes`;
  throw limitExceeded("ObjectBytes", objectBytes, what);
}

function refuseSum(bytes: number, factor: number, { packBytes }: PackLimits): void {
  if (bytes <= packBytes * factor) return;
  const what = `The pack's objects together are more than ${factor} times the limit`;
  throw limitExceeded("PackBytes", packBytes, what);
}

export interface InflatedEntry {
  readonly data: Buffer;
  /** How many bytes of the pack it took. */
  readonly consumed: number;
}

/** Throws `CorruptPack` if the entry's data is not all there, or has not the declared size. */
export function inflateEntry(deflated: Buffer, entry: PackEntry): InflatedEntry {
  const inflated = inflateWhole(deflated, entry);
  if (inflated === null) {
    throw gitFailure("CorruptPack", "An object of the pack cannot be inflated: it was cut.");
  }
  return inflated;
}

/** Null if the entry's data is not all there. Throws `CorruptPack` if its size is not the declared one. */
function inflateWhole(deflated: Buffer, entry: PackEntry): InflatedEntry | null {
  endIfAsked();
  let result: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    result = inflateSync(deflated, {
      info: true,
      maxOutputLength: Math.max(entry.size, 1),
      // One byte more than it needs: a piece that is filled to its end has zlib asked once more.
      chunkSize: Math.max(Math.min(entry.size + 1, 65_536), constants.Z_MIN_CHUNK),
    }) as unknown as typeof result;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "Z_BUF_ERROR") return null;
    throw gitFailure(
      "CorruptPack",
      `An object of the pack cannot be inflated: ${messageOf(error)}`,
    );
  }
  if (result.buffer.length !== entry.size) {
    throw gitFailure("CorruptPack", "An object of the pack has another size than it declares.");
  }
  return { data: result.buffer, consumed: result.engine.bytesWritten };
}
