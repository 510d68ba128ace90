import { createHash } from "node:crypto";

/** Numbers from 0 to below 1, the same ones for the same seed: what chance decides in a test can be repeated. */
export function seededRandom(seed: number): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    const digest = createHash("sha256").update(`${seed}/${drawn}`).digest();
    return digest.readUInt32BE() / 2 ** 32;
  };
}
