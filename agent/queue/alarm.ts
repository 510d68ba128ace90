import type { Clock } from "../kernel/clock.ts";

/** One timer: it rings once for the earliest time it was set to. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly dueMs: number; readonly controller: AbortController } | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `dueMs` (monotonic), unless it is set to ring before that. */
  set(dueMs: number): void {
    if (this.#set !== null && this.#set.dueMs <= dueMs) return;
    this.stop();
    const controller = new AbortController();
    this.#set = { dueMs, controller };
    this.#clock.sleep(dueMs - this.#clock.monotonicMs(), controller.signal).then(
      () => {
        if (controller.signal.aborted) return;
        this.#set = null;
        this.#ring();
      },
      // A sleep rejects only when it is aborted, which happens in `stop`.
      () => undefined,
    );
  }

  stop(): void {
    this.#set?.controller.abort();
    this.#set = null;
  }
}
