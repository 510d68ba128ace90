import { activitySince } from "./agent-activity.ts";

/** Between two polls, ms: a quarter of what was waited so far, because a poll takes work away from what is waited for. */
const SHORTEST_MS = 20;
const LONGEST_MS = 100;

/**
 * Polls `probe` until it returns something other than undefined or false, and returns that. Fails after `timeoutMs` with `what`
 * and the last error the probe threw: in the message too, because mocha's parallel runs lose causes.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 25_000,
): Promise<T> {
  const sinceMs = performance.now();
  let last: unknown;
  for (;;) {
    const polledMs = performance.now();
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    const waitedMs = performance.now() - sinceMs;
    if (waitedMs > timeoutMs) {
      const why = last instanceof Error ? `: ${last.message}` : "";
      throw new Error(`not within ${timeoutMs} ms: ${what}${why}`, { cause: last });
    }
    // An agent of this process logs what it has done: before that there is rarely anything new.
    if (await activitySince(polledMs, LONGEST_MS - SHORTEST_MS)) await sleep(SHORTEST_MS);
    else await sleep(Math.min(Math.max(waitedMs / 4, SHORTEST_MS), LONGEST_MS));
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
