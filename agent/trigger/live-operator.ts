import type { LiveState } from "./live-state.ts";
import type { PersonRequests } from "./person-requests.ts";
import type { RunningSource } from "./running-source.ts";
import type { WorkQueue } from "../queue/work-queue.ts";

export interface LiveOperatorParts {
  readonly state: LiveState;
  readonly persons: PersonRequests;
  readonly queue: Pick<WorkQueue, "size" | "placeOf">;
  readonly sources: readonly RunningSource[];
}

/** What the API is served by: people's requests, and what the agent sees right now. */
export function createLiveOperator({ state, persons, queue, sources }: LiveOperatorParts) {
  return {
    applyRoom: persons.applyRoom.bind(persons),
    applySpec: persons.applySpec.bind(persons),
    deleteRoom: persons.deleteRoom.bind(persons),
    placeOf: queue.placeOf.bind(queue),
    live: () => {
      const polled = sources.map(({ name, poller }) => ({ name, ...poller.live }));
      return {
        startedAt: state.startedAt,
        queuedRequests: queue.size,
        reconciling: state.reconciling,
        sources: polled.map(({ name, lastPoll, nextPoll }) => ({ name, lastPoll, nextPoll })),
        stopping: state.stopping,
        ready: !state.stopping && polled.every(({ lastPoll }) => lastPoll !== null),
        roomServer: state.roomServer,
        store: state.store,
      };
    },
  };
}
