import { OperatorError } from "../kernel/errors.ts";
import type { WorkQueue } from "../queue/work-queue.ts";
import type { WorkerPool } from "../queue/worker-pool.ts";
import type { RoomServer } from "../roomserver/room-server.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { LiveState } from "./live-state.ts";
import type { Maintenance } from "./maintenance.ts";
import type { PendingRequests } from "../request/pending-requests.ts";
import type { RunningSource } from "../trigger/running-source.ts";

export interface RunningAgentParts {
  readonly state: LiveState;
  readonly store: Store;
  readonly server: RoomServer;
  readonly queue: WorkQueue;
  readonly pool: WorkerPool;
  readonly sources: readonly RunningSource[];
  readonly pending: PendingRequests;
  readonly maintenance: Maintenance;
  readonly api: { start(): Promise<{ readonly url: string }>; stop(): Promise<void> };
  /** Aborted when the agent stops. */
  readonly closing: AbortController;
  /** Rooms that want a pass from the start. */
  readonly wanted: readonly string[];
  readonly logger: Pick<Logger, "info">;
}

/** All parts of an agent, started and stopped in the order in which they need each other. */
export class RunningAgent {
  readonly #parts: RunningAgentParts;
  #started: Promise<{ readonly url: string }> | null = null;
  #stopped: Promise<void> | null = null;

  constructor(parts: RunningAgentParts) {
    this.#parts = parts;
  }

  /** The API comes first: whoever cannot have its port must not have touched a room. Idempotent. */
  start(): Promise<{ readonly url: string }> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /** People learn at once that the agent is not ready; running actions end, nothing new begins. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #start(): Promise<{ readonly url: string }> {
    const { api, pool, queue, sources, wanted, maintenance, logger } = this.#parts;
    const address = await api.start();
    pool.start();
    for (const roomId of wanted) queue.add(roomId, "interval");
    for (const { poller } of sources) poller.start();
    maintenance.start();
    logger.info(
      { url: address.url, sources: sources.length, rooms: wanted.length },
      "agent started",
    );
    return address;
  }

  async #stop(): Promise<void> {
    const {
      state,
      pool,
      queue,
      sources,
      maintenance,
      api,
      server,
      store,
      pending,
      closing,
      logger,
    } = this.#parts;
    state.stopping = true;
    closing.abort(new Error("the agent stops"));
    await Promise.all([pool.stop(), ...sources.map((source) => source.stop()), maintenance.stop()]);
    queue.close();
    pending.endAll(
      new OperatorError("ShuttingDown", "the agent is stopping; ask again when it is back"),
    );
    await api.stop();
    await server.close();
    await store.close();
    logger.info({}, "agent stopped");
  }
}
