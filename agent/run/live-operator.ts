import type { Operator } from "../api/operator.ts";
import type { ObserveOnly } from "../reconcile/observe-only.ts";
import type { RoomOwners } from "../intake/source-index.ts";
import { refusedClaims } from "../intake/refused-claims.ts";
import { acknowledge, type AcknowledgeDeps } from "../request/acknowledge.ts";
import type { LiveSource } from "../api/operator.ts";
import type { LiveState } from "./live-state.ts";
import type { PersonRequests } from "../request/person-requests.ts";
import { acceptSource } from "../request/accept-source.ts";
import { refusedAtGate } from "../request/request-answers.ts";
import type { AcceptSource, ApplyRoom, ApplySpec, Command } from "../request/requests.ts";
import type { Reloader } from "./reloader.ts";
import type { Reviews } from "./reviews.ts";
import type { Suspensions } from "../request/suspensions.ts";
import type { WindowState } from "../room/sync-windows.ts";
import type { WriteGate } from "../room/write-gate.ts";
import type { Store } from "../store/store.ts";
import type { RunningSource } from "../trigger/running-source.ts";
import type { WorkQueue } from "../queue/work-queue.ts";

export interface LiveOperatorParts {
  readonly state: LiveState;
  readonly persons: PersonRequests;
  readonly queue: Pick<WorkQueue, "size" | "placeOf" | "add">;
  readonly sources: readonly RunningSource[];
  readonly owners: RoomOwners;
  readonly mayManage: (source: string, roomId: string) => boolean;
  readonly observeOnly: ObserveOnly;
  readonly suspensions: Suspensions;
  readonly store: Pick<Store, "readRoom">;
  /** What may close a room to writes. */
  readonly gates: readonly WriteGate[];
  readonly windows: () => readonly WindowState[];
  readonly exportRoom: Operator["exportRoom"];
  readonly reloader: Pick<Reloader, "reload">;
  readonly reviews: Pick<Reviews, "viewOf">;
  readonly acknowledging: Omit<AcknowledgeDeps, "observeOnly" | "queue">;
}

/** What the API is served by: people's requests, and what the agent sees right now. */
export function createLiveOperator(parts: LiveOperatorParts) {
  const { state, persons, queue, sources, observeOnly, suspensions, owners, mayManage } = parts;
  const closing = { gates: parts.gates, store: parts.store };
  // A source that is added later does not take the agent out of service.
  let wasReady = false;
  return {
    applyRoom: async (request: ApplyRoom, gone?: AbortSignal) =>
      (await refusedAtGate(request, closing)) ?? persons.applyRoom(request, gone),
    applySpec: async (request: ApplySpec, gone?: AbortSignal) =>
      (await refusedAtGate(request, closing)) ?? persons.applySpec(request, gone),
    suspend: suspensions.suspend.bind(suspensions),
    resume: suspensions.resume.bind(suspensions),
    windows: parts.windows,
    exportRoom: parts.exportRoom,
    reload: parts.reloader.reload.bind(parts.reloader),
    webhookOf: (name: string) => sources.find((source) => source.name === name)?.webhook ?? null,
    deleteRoom: persons.deleteRoom.bind(persons),
    placeOf: queue.placeOf.bind(queue),
    refusedClaims: (roomId: string) => {
      const claims = sources.flatMap(({ name, intake }) =>
        intake.pathsOf(roomId).map((path) => ({ source: name, path })),
      );
      // A broken file claims the room last seen at its path, whatever it names now.
      const meant = claims.filter(({ source, path }) => {
        const owned = owners.ownedBy(source, path);
        return owned === null || owned === roomId;
      });
      return refusedClaims({ roomId, owner: owners.get(roomId) }, meant, mayManage);
    },
    acknowledge: (request: Command) =>
      acknowledge(request, { ...parts.acknowledging, observeOnly, queue }),
    acceptSource: (request: AcceptSource) =>
      acceptSource(request, { sources, log: parts.acknowledging.log }),
    live: () => {
      const live = sources.map((source) => ({
        ...toLiveSource(source),
        pullRequests: parts.reviews.viewOf(source.name),
      }));
      wasReady ||= live.every(({ lastPoll }) => lastPoll !== null);
      return {
        startedAt: state.startedAt,
        queuedRequests: queue.size,
        reconciling: state.reconciling,
        sources: live,
        stopping: state.stopping,
        ready: !state.stopping && wasReady,
        configuration: state.configuration,
        roomServer: state.roomServer.health,
        store:
          state.damage === null
            ? state.store
            : { ok: false, message: state.damage, damaged: true as const },
        observeOnly: observeOnly.state,
        suspensions: suspensions.list,
      };
    },
  };
}

function toLiveSource({
  name,
  poller,
  webhook,
  warnings,
}: RunningSource): Omit<LiveSource, "pullRequests"> {
  const { lastPoll, nextPoll } = poller.live;
  return { name, lastPoll, nextPoll, webhook, warnings: warnings.list };
}
