import { deflateSync } from "node:zlib";

/** Packing fewer costs more processor time than writing them does. */
const FEWEST_BYTES = 800;
/** Packing more in one tick would hold up the process. */
const MOST_BYTES = 64 * 1024;

/**
 * For what is a few kB: zlib's own settings take 260 kB of memory for each call, which costs more than packing does, and give no
 * fewer bytes.
 */
const SETTINGS = { windowBits: 13, memLevel: 6, chunkSize: 4096 } as const;

/** Bytes as the store keeps them packed, in a zlib stream; null: they are to be kept as they are. */
export function pack(bytes: Uint8Array): Uint8Array | null {
  return bytes.length < FEWEST_BYTES || bytes.length > MOST_BYTES
    ? null
    : deflateSync(bytes, SETTINGS);
}
