import { KeyBackoff } from "../queue/backoff.ts";
import { WorkQueue } from "../queue/work-queue.ts";
import { PendingRequests } from "../request/pending-requests.ts";
import { Replacements } from "../request/replacements.ts";
import type { Edges } from "./edges.ts";
import type { Memory } from "./memory.ts";

/** What is to be done: rooms that want a pass, and the requests of people that wait for one. */
export interface Work {
  readonly queue: WorkQueue;
  readonly pending: PendingRequests;
  readonly replacements: Replacements;
}

export function createWork({ clock, random }: Edges, { store }: Memory): Work {
  return {
    queue: new WorkQueue({ clock, backoff: new KeyBackoff({ random }) }),
    pending: new PendingRequests(),
    replacements: new Replacements(store),
  };
}
