import { toIso, type Clock } from "../kernel/clock.ts";
import type { SteadyTime } from "../kernel/steady-time.ts";
import type { ClockRow } from "../room/rows.ts";
import { ONLY } from "../room/documents.ts";
import type { Store } from "../store/store.ts";

export interface MaintenanceOptions {
  readonly store: Pick<Store, "sweep" | "write" | "checkWritable">;
  readonly clock: Clock;
  readonly steady: SteadyTime;
  /** The clock as it was noted before this start; null when it never was. */
  readonly noted: ClockRow | null;
  /** How long audit and history are kept. */
  readonly retentionMs: number;
  /** Called when a sweep or a note failed; both run again later. Must not throw. */
  readonly onError: (error: unknown) => void;
}

const LOOK_EVERY_MS = 60_000;
const NOTE_EVERY_MS = 600_000;
const SWEEP_EVERY_MS = 3_600_000;

/** A wall clock corrected by less is not treated as a jump. */
const JUMP_MS = 10_000;

/** From one sweep to the next, "now" moves on by at most this: a clock that jumps ahead takes nothing away at once. */
const SWEEP_STEP_MS = 24 * 3_600_000;

/**
 * Sweeps the store every hour: what is not referenced any more and what is past its retention. Notes the time every ten
 * minutes, when the wall clock has jumped, and at the end, so that the next start continues from there. Checks every minute that
 * the store can be written to.
 */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #stopping = new AbortController();
  #sweptMs: number | null;
  #notedAtMs = Number.NEGATIVE_INFINITY;
  #notedDriftMs = 0;
  #running: Promise<void> | null = null;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
    const swept = options.noted?.swept ?? null;
    this.#sweptMs = swept === null ? null : Date.parse(swept);
  }

  /** Idempotent. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when no sweep runs any more and the time is noted. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return this.#running ?? undefined;
    this.#stopping.abort(new Error("the agent stops"));
    if (this.#running === null) return;
    this.#running = this.#running.then(() => this.#note());
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, store } = this.#options;
    const { signal } = this.#stopping;
    await this.#note();
    let sweepAtMs = clock.monotonicMs() + SWEEP_EVERY_MS;
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (clock.monotonicMs() >= sweepAtMs) {
        await this.#sweep();
        sweepAtMs = clock.monotonicMs() + SWEEP_EVERY_MS;
      } else if (this.#isToBeNoted()) await this.#note();
      // An agent with nothing to write would not notice that another one may have its folder. A failure is reported by the store.
      else await store.checkWritable().catch(() => undefined);
    }
  }

  async #sweep(): Promise<void> {
    const { store, clock, retentionMs, onError } = this.#options;
    const wallMs = clock.nowMs();
    const nowMs = Math.min(wallMs, (this.#sweptMs ?? wallMs) + SWEEP_STEP_MS);
    this.#sweptMs = nowMs;
    await store.sweep(nowMs - retentionMs).catch(onError);
    await this.#note();
  }

  #isToBeNoted(): boolean {
    const isDue = this.#options.clock.monotonicMs() >= this.#notedAtMs + NOTE_EVERY_MS;
    return isDue || Math.abs(this.#driftMs() - this.#notedDriftMs) > JUMP_MS;
  }

  async #note(): Promise<void> {
    const { store, clock, steady, onError } = this.#options;
    const { steadyMs, wallMs } = steady.read();
    const swept = this.#sweptMs === null ? null : toIso(this.#sweptMs);
    this.#notedAtMs = clock.monotonicMs();
    this.#notedDriftMs = wallMs - steadyMs;
    const row: ClockRow = { steady: toIso(steadyMs), wall: toIso(wallMs), swept };
    await store
      .write([{ kind: "document", collection: "clock", key: ONLY, document: row }])
      .catch(onError);
  }

  #driftMs(): number {
    const { steadyMs, wallMs } = this.#options.steady.read();
    return wallMs - steadyMs;
  }
}
