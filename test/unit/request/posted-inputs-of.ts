import type { Clock } from "../../../agent/kernel/clock.ts";
import { PostedInputs } from "../../../agent/request/posted-inputs.ts";
import type { SeedReader } from "../../../agent/source/seed-reader.ts";

/** Inputs of posted specs whose seeds come from these sources, which may manage every room. */
export function postedInputsOf(sources: readonly SeedReader[], clock: Clock): PostedInputs {
  const { signal } = new AbortController();
  const given = { mayManage: () => true, sourceOf: () => null, folder: null };
  return new PostedInputs({ sources, ...given, clock, signal });
}
