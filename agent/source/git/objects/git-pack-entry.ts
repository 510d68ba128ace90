import { gitFailure } from "../../git-failure.ts";

export type ObjectType = "commit" | "tree" | "blob" | "tag";

/** An entry's head takes no more bytes than this: ten for its size, and twenty for its base. */
export const MOST_HEAD_BYTES = 32;

/** The head of one entry of a pack. `size` is that of its inflated data: of the object, or of the delta. */
export interface PackEntry {
  readonly kind: ObjectType | "offsetDelta" | "refDelta";
  readonly size: number;
  /** Where the deflated data begins. */
  readonly dataStart: number;
  /** An `offsetDelta`'s base: how many bytes before this entry it begins. */
  readonly baseDistance: number;
  /** A `refDelta`'s base. */
  readonly baseOid: string;
}

const KINDS: Readonly<Record<number, PackEntry["kind"]>> = {
  1: "commit",
  2: "tree",
  3: "blob",
  4: "tag",
  6: "offsetDelta",
  7: "refDelta",
};

/** Reads the head of the entry that begins at `start`. Throws `CorruptPack` where there is none. */
export function readPackEntry(pack: Buffer, start: number): PackEntry {
  let at = start;
  const next = (): number => {
    const byte = pack[at];
    at += 1;
    if (byte === undefined)
      throw gitFailure("CorruptPack", "The pack ends inside an object's head.");
    return byte;
  };
  let byte = next();
  const kind = KINDS[(byte >> 4) & 7];
  if (kind === undefined)
    throw gitFailure("CorruptPack", "The pack holds an object of no known type.");
  let size = byte & 15;
  for (let factor = 16; (byte & 0x80) !== 0; factor *= 128) {
    byte = next();
    size += (byte & 0x7f) * factor;
    if (size > Number.MAX_SAFE_INTEGER) {
      throw gitFailure("CorruptPack", "The pack declares an impossible object size.");
    }
  }
  let baseDistance = 0;
  if (kind === "offsetDelta") {
    byte = next();
    baseDistance = byte & 0x7f;
    while ((byte & 0x80) !== 0 && baseDistance < 2 ** 40) {
      byte = next();
      baseDistance = (baseDistance + 1) * 128 + (byte & 0x7f);
    }
  }
  let baseOid = "";
  if (kind === "refDelta") {
    baseOid = pack.toString("hex", at, at + 20);
    at += 20;
  }
  return { kind, size, dataStart: at, baseDistance, baseOid };
}
