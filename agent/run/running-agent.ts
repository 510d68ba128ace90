import { OperatorError } from "../kernel/errors.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { RunningSource } from "../trigger/running-source.ts";
import type { Face } from "./face.ts";
import type { IdleMemory } from "./idle-memory.ts";
import type { Memory } from "./memory.ts";
import type { Passes } from "./passes.ts";
import type { Reloader } from "./reloader.ts";
import type { Reviews } from "./reviews.ts";
import type { Work } from "./work.ts";

export interface RunningAgentParts {
  readonly memory: Memory;
  readonly work: Work;
  readonly sources: readonly RunningSource[];
  readonly passes: Passes;
  readonly reviews: Reviews;
  readonly reloader: Reloader;
  readonly face: Face;
  readonly idleMemory: IdleMemory | null;
  readonly logger: Pick<Logger, "info">;
}

/** All parts of an agent, started and stopped in the order in which they need each other. */
export class RunningAgent {
  readonly #parts: RunningAgentParts;
  #started: Promise<{ readonly url: string }> | null = null;
  #stopped: Promise<void> | null = null;
  #watching: Promise<void> | null = null;

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

  /** Reads the configuration again, once the agent is started. Never rejects. */
  reload(): void {
    this.#started?.then(
      () => this.#parts.reloader.signalled(),
      // Whoever started it was answered with why.
      () => undefined,
    );
  }

  async #start(): Promise<{ readonly url: string }> {
    const { memory, work, sources, passes, reviews, reloader, face, logger } = this.#parts;
    const { wanted } = memory.loaded;
    const address = await face.api.start();
    passes.pool.start();
    for (const source of sources) source.start();
    reviews.start();
    memory.maintenance.start();
    work.windowWatch.start();
    this.#watching = work.suspensions.watch(face.closing.signal);
    reloader.start();
    this.#parts.idleMemory?.start();
    logger.info(
      { url: address.url, sources: sources.length, rooms: wanted.length },
      "agent started",
    );
    return address;
  }

  async #stop(): Promise<void> {
    const { memory, work, sources, passes, reviews, reloader, face, logger } = this.#parts;
    memory.state.stopping = true;
    this.#parts.idleMemory?.stop();
    face.closing.abort(new Error("the agent stops"));
    // No source is opened while they are stopped.
    await reloader.stop();
    await reviews.stop();
    await Promise.all([
      passes.pool.stop(),
      ...sources.map((source) => source.stop()),
      memory.maintenance.stop(),
      work.windowWatch.stop(),
      this.#watching,
    ]);
    work.queue.close();
    work.pending.endAll(
      new OperatorError("ShuttingDown", "the agent is stopping; ask again when it is back"),
    );
    await face.api.stop();
    await passes.server.close();
    await memory.store.close();
    logger.info({}, "agent stopped");
  }
}
