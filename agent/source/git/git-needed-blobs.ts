import { refusesRequest, toSourceFailure } from "../git-failure.ts";
import type { ManyBlobs, OpenClone } from "./git-open-clone.ts";

export interface NeededBlobs {
  readonly oids: readonly string[];
  /** A commit that is known to lead to them; null: none is. */
  readonly head: string | null;
  /** The commit that counts, which mostly does. Null: none does yet. */
  readonly counting: string | null;
  /** How many commits of the history are read at most. */
  readonly commits: number;
}

/** How many commits are asked for with all their files at first: the head, and then as many as a poll mostly finds. */
const DEPTHS = [1, 50];

/**
 * Brings those of the blobs that are not here, and gives back those that the server does not have either. One that sends no
 * file by its id is asked for all that the commit holds, and for more and more of the commits before it.
 */
export async function needBlobs(
  clone: OpenClone,
  { oids, head, counting, commits }: NeededBlobs,
  call: ManyBlobs,
): Promise<readonly string[]> {
  let missing = oids;
  let refusal: unknown = null;
  try {
    missing = await clone.need(oids, call);
    if (missing.length === 0 || head === null) return missing;
  } catch (error) {
    if (!refusesRequest(error)) throw error;
    refusal = error;
  }
  const from = head ?? counting;
  if (from === null) throw refusal;
  try {
    for (const depth of [...DEPTHS, commits + 1]) {
      await clone.fetchWhole(from, call, depth);
      missing = clone.missing(missing);
      if (missing.length === 0) return missing;
    }
  } catch (error) {
    call.signal.throwIfAborted();
    const failure = toSourceFailure(error);
    if (failure === null || (refusal !== null && failure.reason === "LimitExceeded")) throw error;
  }
  // What the server said of the files themselves says more.
  if (refusal !== null) throw refusal;
  return missing;
}
