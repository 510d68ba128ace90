import { createHash } from "node:crypto";
import type { PackEntries } from "./git-pack-entries.ts";

/** A version-2 index of a pack whose objects are all known. `checksum`: the pack's, in hex. */
export function packIndex(entries: PackEntries, checksum: string): Buffer {
  const order = entries.byOid();
  const { count } = entries;
  const namesStart = 8 + 256 * 4;
  const crcsStart = namesStart + count * 20;
  const offsetsStart = crcsStart + count * 4;
  const index = Buffer.alloc(offsetsStart + count * 4 + 40);
  index.writeUInt32BE(0xff744f63, 0);
  index.writeUInt32BE(2, 4);
  const upTo = new Uint32Array(256);
  for (const [place, position] of order.entries()) {
    const oid = entries.oid(position);
    upTo[oid[0] ?? 0] = place + 1;
    oid.copy(index, namesStart + place * 20);
    index.writeUInt32BE(entries.crc(position), crcsStart + place * 4);
    index.writeUInt32BE(entries.start(position), offsetsStart + place * 4);
  }
  let most = 0;
  for (const [first, value] of upTo.entries()) {
    most = Math.max(most, value);
    index.writeUInt32BE(most, 8 + first * 4);
  }
  index.write(checksum, index.length - 40, "hex");
  createHash("sha1")
    .update(index.subarray(0, index.length - 20))
    .digest()
    .copy(index, index.length - 20);
  return index;
}
