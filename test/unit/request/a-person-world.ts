import { RoomWriter } from "../../../agent/store/room-writer.ts";
import { RoomOwners } from "../../../agent/intake/source-index.ts";
import { SyncTracker } from "../../../agent/intake/sync-tracker.ts";
import type { Trigger } from "../../../agent/kernel/trigger.ts";
import { PendingRequests } from "../../../agent/request/pending-requests.ts";
import { PersonRequests } from "../../../agent/request/person-requests.ts";
import type { PollEnd } from "../../../agent/trigger/poller.ts";
import { Replacements } from "../../../agent/request/replacements.ts";
import { SourcePolls } from "../../../agent/request/source-polls.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { aTrail } from "../../support/a-trail.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { aReport } from "../../support/fake-operator.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { postedInputsOf } from "./posted-inputs-of.ts";

export const WAIT_MS = 30_000;
/** A request about the room, without any header. */
export const ask = {
  roomId: A_ROOM,
  correlationId: "corr-1",
  actor: "ada",
  confirm: false,
  dryRun: false,
};

/** People's requests over a store in memory, and a queue that only notes what is added. */
export function aPersonWorld() {
  const clock = new FakeClock();
  const store = new MemoryStore(() => clock.nowMs());
  const pending = new PendingRequests();
  const owners = new RoomOwners();
  const queued: string[] = [];
  const released: string[] = [];
  const polls: string[] = [];
  const world = {
    clock,
    store,
    pending,
    owners,
    queued,
    released,
    polls,
    poll: async (): Promise<PollEnd> => ({ kind: "unchanged", head: "a" }),
    /** Ends the next request with a report. */
    serve: () => {
      const [request] = pending.take(A_ROOM);
      if (request === undefined) throw new Error("no request");
      const { correlationId } = request.cause;
      const report = aReport({ kind: "converged" }, { roomId: A_ROOM, correlationId });
      request.ended({ kind: "report", report, replacedBy: null });
      return request.cause;
    },
  };
  const reader = { name: "main", readSeeds: async () => [] };
  const persons = new PersonRequests({
    store,
    rooms: new RoomWriter(store),
    clock,
    steady: clock,
    trail: aTrail({ clock }),
    queue: { add: (key: string, priority: Trigger) => void queued.push(`${priority} ${key}`) },
    pending,
    owners,
    tracker: new SyncTracker(),
    posted: postedInputsOf([reader], clock),
    sourcePolls: new SourcePolls({
      store,
      names: () => ["main"],
      pollSource: (name) => {
        polls.push(name);
        return world.poll();
      },
      nextPoll: () => null,
    }),
    replacements: new Replacements(store),
    released: (roomIds) => void released.push(...roomIds),
    waitMs: WAIT_MS,
  });
  return { ...world, persons, world };
}
