import { z } from "zod";

/** One request as the git server saw it. Bytes are those on the wire, headers included. */
export const gitRequest = z.object({
  kind: z.enum(["poll", "refs", "pack"]),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  /** What the client calls itself. */
  client: z.string(),
});

export type GitRequest = z.infer<typeof gitRequest>;

export interface FetchMoments {
  /** When the server had answered the poll that saw the commit. */
  readonly pollEndedAtMs: number;
  /** When the server had sent the last byte of the pack: from here on nobody but the agent works. */
  readonly packEndedAtMs: number;
}

/** The moments of the last fetch among these requests. */
export function lastFetch(requests: readonly GitRequest[]): FetchMoments {
  const pack = requests.findLast(({ kind }) => kind === "pack");
  const poll = requests.findLast(
    ({ kind, endedAtMs }) => kind === "poll" && pack !== undefined && endedAtMs <= pack.startedAtMs,
  );
  if (pack === undefined || poll === undefined) throw new Error("the git server saw no fetch");
  return { pollEndedAtMs: poll.endedAtMs, packEndedAtMs: pack.endedAtMs };
}

/** Requests of one client closer to each other than this belong to one poll. */
const ONE_POLL_MS = 400;

/** How many polls these requests of one client are, in the order of their time. */
export function pollsOf(requests: readonly GitRequest[]): number {
  return requests.filter(({ startedAtMs }, index) => {
    const before = requests[index - 1];
    return before === undefined || startedAtMs - before.endedAtMs > ONE_POLL_MS;
  }).length;
}
