/** Why a clone is rotated. */
export type RotationReason = "packs" | "bytes" | "age";

/** What a clone may grow to before it is rotated. */
export interface RotationLimits {
  readonly packs: number;
  /** Bytes of all packs: so many times what they were at the clone, and so many more. */
  readonly growthFactor: number;
  readonly growthBytes: number;
  readonly ageMs: number;
}

export const ROTATION_LIMITS: RotationLimits = {
  // Each fetch adds a pack, each pack an open file and an index that every read may have to look into: at 500 packs a cold
  // read took five times as long as at one. With 50 commits a day this is one clone in two days.
  packs: 100,
  // A pack of ours holds whole trees, so small commits double a small clone within days: the fixed part keeps those from being
  // rotated for nothing.
  growthFactor: 2,
  growthBytes: 32 * 1024 * 1024,
  // What a forced push took out of the branch stays no longer than this where anything comes at all.
  ageMs: 7 * 24 * 3_600_000,
};

/** What a clone may grow to while a rotation would cost one of its sources the way from its head to the newest. */
export function doubled({
  packs,
  growthFactor,
  growthBytes,
  ageMs,
}: RotationLimits): RotationLimits {
  return {
    packs: packs * 2,
    growthFactor: growthFactor * 2,
    growthBytes: growthBytes * 2,
    ageMs: ageMs * 2,
  };
}

/** What is kept with a clone about its beginning. */
export interface CloneBirth {
  /** Wall time, ms since 1970. */
  readonly atMs: number;
  /** Of all packs. */
  readonly bytes: number;
}

export interface CloneSize {
  readonly packs: number;
  readonly bytes: number;
}

export interface CloneVerdict {
  /** Null: it may stay. */
  readonly due: RotationReason | null;
  /** What is to be kept with it from now on. */
  readonly birth: CloneBirth;
}

/**
 * Whether a clone has grown or aged beyond its limits. One of which nothing is known begins now. A clock that went back restarts
 * the age, so it never makes a clone old; one that jumped ahead does so once.
 */
export function judgeClone(
  clone: CloneSize & { readonly birth: CloneBirth | null },
  nowMs: number,
  limits: RotationLimits = ROTATION_LIMITS,
): CloneVerdict {
  const { packs, bytes } = clone;
  const known = clone.birth ?? { atMs: nowMs, bytes };
  const birth = known.atMs > nowMs ? { ...known, atMs: nowMs } : known;
  if (packs > limits.packs) return { due: "packs", birth };
  if (bytes > limits.growthFactor * birth.bytes + limits.growthBytes)
    return { due: "bytes", birth };
  if (nowMs - birth.atMs > limits.ageMs) return { due: "age", birth };
  return { due: null, birth };
}
