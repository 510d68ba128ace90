import { deflateSync, inflateSync } from "node:zlib";
import { storeDamaged } from "./sqlite-errors.ts";

/** Compressing more than this in one tick would hold up the process. */
export const MOST_PACKED_BYTES = 64 * 1024;

/** Bytes as a column holds them packed. */
export function pack(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes);
}

/** The bytes that were packed. Throws `StoreDamaged` where they are not what `pack` gave. */
export function unpack(file: string, packed: Uint8Array): Buffer {
  try {
    return inflateSync(packed);
  } catch (error) {
    throw storeDamaged(file, "a packed row cannot be read", error);
  }
}
