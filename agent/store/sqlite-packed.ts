import { deflateSync, inflateSync } from "node:zlib";
import { storeDamaged } from "./sqlite-errors.ts";

/** Packing fewer costs more processor time than writing them does. */
const FEWEST_BYTES = 800;
/** Packing more in one tick would hold up the process. */
const MOST_BYTES = 64 * 1024;

/**
 * For what is a few kB: zlib's own settings take 260 kB of memory for each call, which costs more than packing does, and give no
 * fewer bytes.
 */
const SETTINGS = { windowBits: 13, memLevel: 6, chunkSize: 4096 } as const;

/** Bytes as a column holds them packed; null: they are to be written as they are. */
export function pack(bytes: Uint8Array): Uint8Array | null {
  return bytes.length < FEWEST_BYTES || bytes.length > MOST_BYTES
    ? null
    : deflateSync(bytes, SETTINGS);
}

/** The bytes that were packed. Throws `StoreDamaged` where they are not what `pack` gave. */
export function unpack(file: string, packed: Uint8Array): Buffer {
  try {
    return inflateSync(packed);
  } catch (error) {
    throw storeDamaged(file, "a packed row cannot be read", error);
  }
}
