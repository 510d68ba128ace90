import { createHash } from "node:crypto";
import { constants, inflateSync } from "node:zlib";
import { messageOf } from "../kernel/errors.ts";
import { deltaSizes } from "./git-delta.ts";
import { gitFailure, limitExceeded } from "./git-failure.ts";
import { readPackEntry } from "./git-pack-entry.ts";
import type { PackEntry } from "./git-pack-entry.ts";

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

/**
 * Goes through a pack before anything indexes it: the checksum at its end, the number of objects, and the size each of them
 * declares. Throws `CorruptPack` or `LimitExceeded`. At any moment no more than one object, of at most `objectBytes`, is
 * inflated. Returns how many objects the pack holds.
 */
export function scanPack(pack: Buffer, limits: PackLimits): number {
  const count = checkFrame(pack);
  const end = pack.length - TRAILER_BYTES;
  let at = HEADER_BYTES;
  let inflated = 0;
  let resolved = 0;
  for (let index = 0; index < count; index += 1) {
    const entry = readPackEntry(pack, at);
    refuseSize(entry.size, limits);
    inflated += entry.size;
    refuseSum(inflated, MAX_INFLATION, limits);
    const { data, consumed } = inflateEntry(pack.subarray(entry.dataStart, end), entry);
    if (entry.kind === "offsetDelta" || entry.kind === "refDelta") {
      const { result } = deltaSizes(data);
      refuseSize(result, limits);
      resolved += result;
      refuseSum(resolved, MAX_RESOLVED, limits);
    }
    at = entry.dataStart + consumed;
  }
  if (at !== end) throw gitFailure("CorruptPack", "The pack holds bytes behind its last object.");
  return count;
}

/** Checks magic, version and checksum; gives the number of objects the header names. */
function checkFrame(pack: Buffer): number {
  if (pack.length < HEADER_BYTES + TRAILER_BYTES || pack.toString("latin1", 0, 4) !== "PACK") {
    throw gitFailure("CorruptPack", "What the server sent as a pack is none.");
  }
  const version = pack.readUInt32BE(4);
  if (version !== 2) throw gitFailure("CorruptPack", `The pack has version ${version}, not 2.`);
  const end = pack.length - TRAILER_BYTES;
  const sum = createHash("sha1").update(pack.subarray(0, end)).digest();
  if (!sum.equals(pack.subarray(end))) {
    throw gitFailure(
      "CorruptPack",
      "The pack's checksum is wrong: it was damaged or cut on its way.",
    );
  }
  const count = pack.readUInt32BE(8);
  // The shortest entry has a head of one byte and a deflate stream of eight.
  if (count > pack.length / 9) {
    throw gitFailure(
      "CorruptPack",
      `The pack names ${count} objects, more than its bytes can hold.`,
    );
  }
  return count;
}

function refuseSize(size: number, limits: PackLimits): void {
  if (size <= limits.objectBytes) return;
  throw limitExceeded(
    "ObjectBytes",
    limits.objectBytes,
    `The repository holds an object of ${size} bytes`,
  );
}

function refuseSum(bytes: number, factor: number, { packBytes }: PackLimits): void {
  if (bytes <= packBytes * factor) return;
  const what = `The pack's objects together are more than ${factor} times the limit`;
  throw limitExceeded("PackBytes", packBytes, what);
}

/** The data of an entry and how many bytes of the pack it took. Throws `CorruptPack` if the size is not the declared one. */
export function inflateEntry(
  deflated: Buffer,
  entry: PackEntry,
): { readonly data: Buffer; readonly consumed: number } {
  let result: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    result = inflateSync(deflated, {
      info: true,
      maxOutputLength: Math.max(entry.size, 1),
      chunkSize: Math.max(Math.min(entry.size, 65_536), constants.Z_MIN_CHUNK),
    }) as unknown as typeof result;
  } catch (error) {
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
