import type { Random } from "../../agent/kernel/ids.ts";

/** Numbers from 0 to below 1, the same for the same seed; xorshift32, since a fuzzer draws millions. */
export function fastRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
