import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/** One entry as it is written: a whole object, or a delta on the entry so many entries before it. */
export interface PackedObject {
  readonly type: "commit" | "tree" | "blob" | "tag" | "offsetDelta" | "refDelta";
  readonly data: Buffer;
  /** What the head declares instead of the data's length. */
  readonly declaredSize?: number;
  /** For a delta: how many entries back its base is, or the base's id. */
  readonly base?: number | string;
}

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4, offsetDelta: 6, refDelta: 7 };

/** A pack of these entries, with a right checksum unless told otherwise. */
export function aPack(
  objects: readonly PackedObject[],
  given: { count?: number; version?: number; tail?: Buffer } = {},
): Buffer {
  const header = Buffer.from("PACK\0\0\0\0\0\0\0\0", "latin1");
  header.writeUInt32BE(given.version ?? 2, 4);
  header.writeUInt32BE(given.count ?? objects.length, 8);
  const parts: Buffer[] = [header];
  const starts: number[] = [];
  let at = header.length;
  for (const [index, object] of objects.entries()) {
    starts.push(at);
    const base =
      typeof object.base === "string"
        ? Buffer.from(object.base, "hex")
        : object.base === undefined
          ? Buffer.alloc(0)
          : encodeDistance(at - (starts[index - object.base] ?? 0));
    const size = object.declaredSize ?? object.data.length;
    const entry = Buffer.concat([
      encodeHead(TYPES[object.type], size),
      base,
      deflateSync(object.data),
    ]);
    parts.push(entry);
    at += entry.length;
  }
  return sealed(Buffer.concat([...parts, given.tail ?? Buffer.alloc(0)]));
}

/** The bytes with their checksum behind them. */
export function sealed(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, createHash("sha1").update(bytes).digest()]);
}

/** A delta that copies all of a base (up to 16 MiB) and adds bytes behind it. */
export function aDelta(
  baseSize: number,
  added: Buffer,
  given: { resultSize?: number } = {},
): Buffer {
  const copy = [0x80 | 0x10 | 0x20, baseSize & 0xff, (baseSize >> 8) & 0xff];
  if (baseSize > 0xffff) {
    copy[0] = 0x80 | 0x10 | 0x20 | 0x40;
    copy.push(baseSize >> 16);
  }
  return Buffer.concat([
    encodeSize(baseSize),
    encodeSize(given.resultSize ?? baseSize + added.length),
    Buffer.from(copy),
    Buffer.from([added.length]),
    added,
  ]);
}

function encodeHead(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

function encodeSize(size: number): Buffer {
  const bytes: number[] = [];
  for (let rest = size; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function encodeDistance(distance: number): Buffer {
  const bytes = [distance & 0x7f];
  for (let rest = distance >> 7; rest > 0; rest >>= 7) {
    rest -= 1;
    bytes.unshift((rest & 0x7f) | 0x80);
  }
  return Buffer.from(bytes);
}
