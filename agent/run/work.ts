import type { Config } from "../config/config.ts";
import { KeyBackoff } from "../queue/backoff.ts";
import { WorkQueue } from "../queue/work-queue.ts";
import { PendingRequests } from "../request/pending-requests.ts";
import { renameSuspensions } from "../request/renamed-suspensions.ts";
import { Replacements } from "../request/replacements.ts";
import { Suspensions } from "../request/suspensions.ts";
import { shownRef } from "../room/revision.ts";
import { SyncWindows } from "../room/sync-windows.ts";
import { WindowWatch } from "../trigger/window-watch.ts";
import type { Edges } from "./edges.ts";
import type { Memory } from "./memory.ts";

/** What is to be done: rooms that want a pass, the requests of people that wait for one, and what is not to be done for now. */
export interface Work {
  readonly queue: WorkQueue;
  readonly pending: PendingRequests;
  readonly replacements: Replacements;
  readonly suspensions: Suspensions;
  readonly windows: SyncWindows;
  readonly windowWatch: WindowWatch;
}

export async function createWork(config: Config, edges: Edges, memory: Memory): Promise<Work> {
  const { clock, random, trail, metrics, logger: log } = edges;
  const { store, steady } = memory;
  const { everyMinute } = edges.implementations;
  const windows = new SyncWindows(config.operator);
  const queue = new WorkQueue({ clock, backoff: new KeyBackoff({ random }) });
  const sourceNames = new Set(config.git.sources.map(({ name }) => name));
  const places = config.git.sources.map(({ ref, ...place }) => ({ ...place, ref: shownRef(ref) }));
  await renameSuspensions(places, { store, trail, log });
  return {
    queue,
    windows,
    windowWatch: new WindowWatch({ windows, store, queue, clock, log, metrics, everyMinute }),
    pending: new PendingRequests(),
    replacements: new Replacements(store),
    suspensions: await Suspensions.load({
      store,
      steady,
      clock,
      trail,
      queue,
      log,
      metrics,
      sourceNames,
    }),
  };
}
