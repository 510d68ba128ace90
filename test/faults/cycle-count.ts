import type { AuditRecord } from "../../agent/status/audit-record.ts";
import type { PassedRequest } from "../support/fault-proxy.ts";
import type { GitServerRequest } from "../support/git-server.ts";

/** How far two of the agent's activities went: polls of a source, and passes over a room. */
export interface Cycles {
  readonly polls: number;
  readonly passes: number;
}

export interface Counting {
  readonly git: readonly Pick<GitServerRequest, "atMs" | "command">[];
  readonly roomServer: readonly PassedRequest[];
  readonly room: string;
  /** Wall ms. What began earlier does not count. */
  readonly sinceMs: number;
  readonly untilMs?: number;
}

/** Polls that reached the git server between two moments, and passes that reached the RoomServer. */
export function countCycles(counting: Counting): Cycles {
  const { git, roomServer, room, sinceMs, untilMs = Infinity } = counting;
  const isWithin = ({ atMs }: { readonly atMs: number }) => atMs >= sinceMs && atMs <= untilMs;
  const polls = git.filter((request) => isWithin(request) && request.command === "ls-refs");
  const earlier = new Set<string>();
  const passes = new Set<string>();
  for (const request of roomServer) {
    const { correlationId, line, atMs } = request;
    if (correlationId === null || !line.includes(`/room/${room}/`)) continue;
    if (atMs < sinceMs) earlier.add(correlationId);
    else if (isWithin(request) && !earlier.has(correlationId)) passes.add(correlationId);
  }
  return { polls: polls.length, passes: passes.size };
}

/** The record of the pass that found a room to be as a revision says, and since which no pass said otherwise. */
export function verifying(
  audit: readonly AuditRecord[],
  revision: string,
): AuditRecord | undefined {
  const verdicts = audit.filter(({ action }) => action.startsWith("room."));
  const otherwise = verdicts.findLastIndex(({ action }) => action !== "room.converged");
  return verdicts.slice(otherwise + 1).find(({ metadata }) => metadata["revision"] === revision);
}

/** The sum of the series whose names begin so, in a text of metrics. */
export function sumOf(metrics: string, start: string): number {
  return metrics
    .split("\n")
    .filter((line) => line.startsWith(start))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
