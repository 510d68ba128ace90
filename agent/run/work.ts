import type { RoomStandingFact } from "../intake/source-index.ts";
import { placesOf } from "../intake/judge-and-load-rooms.ts";
import { KeyBackoff } from "../queue/backoff.ts";
import { WorkQueue } from "../queue/work-queue.ts";
import { PendingRequests } from "../request/pending-requests.ts";
import { renameSuspensions } from "../request/renamed-suspensions.ts";
import { Replacements } from "../request/replacements.ts";
import { Suspensions } from "../request/suspensions.ts";
import { SyncWindows, type WindowState } from "../room/sync-windows.ts";
import type { WriteGate } from "../room/write-gate.ts";
import { WindowWatch } from "../trigger/window-watch.ts";
import type { Edges } from "./edges.ts";
import { FirstPolls } from "./first-polls.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Memory } from "./memory.ts";

/** What is to be done: rooms that want a pass, the requests of people that wait for one, and what is not to be done for now. */
export interface Work {
  readonly queue: WorkQueue;
  /** Rooms that wait for what their source says now. */
  readonly firstPolls: Pick<FirstPolls, "polled" | "release" | "waitMs">;
  readonly pending: PendingRequests;
  readonly replacements: Replacements;
  readonly suspensions: Suspensions;
  /** What may close a room to writes, the first that is closed first. */
  readonly gates: readonly WriteGate[];
  /** The sync windows of the configuration in force. */
  readonly windows: (nowMs: number) => readonly WindowState[];
  readonly windowWatch: WindowWatch;
  /** Brings suspensions and windows to the configuration in force. */
  readonly reconfigure: () => Promise<void>;
}

export async function createWork(live: LiveConfig, edges: Edges, memory: Memory): Promise<Work> {
  const { clock, random, trail, metrics, logger: log } = edges;
  const { store, steady, observeOnly } = memory;
  const { everyMinute } = edges.implementations;
  let windows = new SyncWindows(live.now.operator);
  const list = (nowMs: number) => windows.list(nowMs);
  const queue = new WorkQueue({ clock, backoff: new KeyBackoff({ random }) });
  // All of them, before anything is served, taken or stopped: no moment shows half of them.
  const firstPolls = new FirstPolls({ queue, clock });
  const { owners, wanted } = memory.loaded;
  await firstPolls.queueWanted(wanted, (roomId) =>
    polledSources(roomId, owners.factOf(roomId), live),
  );
  const rename = () => renameSuspensions(placesOf(live.now), { store, trail, log });
  await rename();
  const suspending = { store, steady, clock, trail, queue, log, metrics, sourceNames: live };
  const suspensions = await Suspensions.load(suspending);
  const watching = { windows: { list }, store, queue, clock, log, metrics, everyMinute };
  const windowWatch = new WindowWatch(watching);
  return {
    queue,
    firstPolls,
    windows: list,
    windowWatch,
    pending: new PendingRequests(),
    replacements: new Replacements(store),
    suspensions,
    gates: [suspensions, observeOnly],
    reconfigure: async () => {
      const sources = live.now.git.sources.map(({ name }) => name);
      await suspensions.follow(sources, rename);
      windows = new SyncWindows(live.now.operator);
      await windowWatch.restart();
    },
  };
}

/** The sources that are polled and may say what the room is to be: that of its owner, or all that may claim a posted room. */
function polledSources(
  roomId: string,
  fact: RoomStandingFact | null,
  live: Pick<LiveConfig, "has" | "mayManage" | "names">,
): readonly string[] {
  if (fact?.owner?.kind === "api")
    return [...live.names].filter((source) => live.mayManage(source, roomId));
  const source = fact?.owner?.source ?? fact?.prunedBy ?? null;
  return source !== null && live.has(source) ? [source] : [];
}
