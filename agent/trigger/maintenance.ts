import type { Clock } from "../kernel/clock.ts";
import type { Store } from "../store/store.ts";

export interface MaintenanceOptions {
  readonly store: Pick<Store, "sweep">;
  readonly clock: Clock;
  /** How long audit and history are kept. */
  readonly retentionMs: number;
  /** Hears of a sweep that failed; the next one comes in an hour. Must not throw. */
  readonly onError: (error: unknown) => void;
}

const EVERY_MS = 3_600_000;

/** Sweeps the store every hour: what nobody needs and what is past its retention. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  /** Idempotent. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when no sweep runs any more. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the agent stops"));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { store, clock, retentionMs, onError } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(EVERY_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await store.sweep(clock.nowMs() - retentionMs).catch(onError);
    }
  }
}
