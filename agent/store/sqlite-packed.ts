import { inflateSync } from "node:zlib";
import { storeDamaged } from "./sqlite-errors.ts";

/** The bytes that were packed. Throws `StoreDamaged` where they are not what `pack` gave. */
export function unpack(file: string, packed: Uint8Array): Buffer {
  try {
    return inflateSync(packed);
  } catch (error) {
    throw storeDamaged(file, "a packed row cannot be read", error);
  }
}
