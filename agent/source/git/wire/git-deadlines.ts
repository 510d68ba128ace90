/** Longest waits in ms: to the beginning of an answer, between two pieces of it, and in all. */
export interface GitDeadlines {
  readonly headersMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  /** Of the operation that a request is a part of, where that has begun earlier: what a failure names. */
  readonly operationMs?: number;
  /** What a failure says of each of them: which key sets it, and to what. */
  readonly notes?: { readonly headers: string; readonly idle: string; readonly total: string };
}

/** What is left for the next request of an operation that has to be over at `untilMs` (`performance.now()`). */
export function deadlinesUntil(untilMs: number, deadlines: GitDeadlines): GitDeadlines {
  const totalMs = Math.max(untilMs - performance.now(), 1);
  return { ...deadlines, totalMs, operationMs: deadlines.totalMs };
}

export interface PollPatience {
  /** `PollTimeoutSeconds`. */
  readonly pollMs: number;
  /** `TimeoutSeconds`: no poll waits longer, unless `pollMs` alone is more. */
  readonly mostMs: number;
  /** Polls in a row, before this one, that ran out of time. */
  readonly timeouts: number;
}

/** How long a poll waits: twice as long after each one that ran out of time. Half of it is for the answer's headers. */
export function pollDeadlines({ pollMs, mostMs, timeouts }: PollPatience): GitDeadlines {
  const longestMs = Math.max(pollMs, mostMs);
  const totalMs = Math.min(pollMs * 2 ** Math.min(timeouts, 16), longestMs);
  const nextMs = Math.min(totalMs * 2, longestMs);
  const next =
    nextMs > totalMs
      ? `The next poll may take ${seconds(nextMs)}; the most is TimeoutSeconds (${seconds(longestMs)}).`
      : `Polls do not wait longer than TimeoutSeconds (${seconds(mostMs)}).`;
  const key = `Raise PollTimeoutSeconds (${seconds(pollMs)}) of this source if the server is slow.`;
  const of = (share: string) => `This poll may take ${seconds(totalMs)}${share}. ${next} ${key}`;
  const step = of(", half of it without a byte");
  return {
    headersMs: totalMs / 2,
    idleMs: totalMs / 2,
    totalMs,
    notes: { headers: step, idle: step, total: of("") },
  };
}

/** How long a clone or fetch waits: `TimeoutSeconds` in all, and a fixed time without a byte. */
export function fetchDeadlines(totalMs: number, idleMs: number): GitDeadlines {
  const step = `A clone or fetch waits ${seconds(idleMs)} without a byte; no key changes that. Look at the git server.`;
  const total = `Raise TimeoutSeconds (${seconds(totalMs)}) of this source if the repository is large.`;
  return {
    headersMs: idleMs,
    idleMs,
    totalMs,
    notes: { headers: step, idle: step, total },
  };
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
