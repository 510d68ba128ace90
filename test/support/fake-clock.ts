import type { Clock } from "../../agent/kernel/clock.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that moves only when told. Sleepers wake in due order, with promise work done between them. */
export class FakeClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #sleepers: Sleeper[] = [];

  constructor(wallMs = Date.UTC(2026, 0, 1)) {
    this.#wallMs = wallMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** How many sleeps are pending. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves wall time alone, as an NTP step does. */
  jumpWall(deltaMs: number): void {
    this.#wallMs += deltaMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const sleeper: Sleeper = {
        dueMs: this.#monotonicMs + Math.max(delayMs, 0),
        wake: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** Moves both clocks forward by `deltaMs` and wakes whoever is due on the way. */
  async advance(deltaMs: number): Promise<void> {
    const untilMs = this.#monotonicMs + deltaMs;
    await settled();
    for (;;) {
      const next = this.#sleepers
        .filter((sleeper) => sleeper.dueMs <= untilMs)
        .sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#moveTo(next.dueMs);
      next.wake();
      await settled();
    }
    this.#moveTo(Math.max(untilMs, this.#monotonicMs));
    await settled();
  }

  /** Moves both clocks forward while whoever calls this works: nobody wakes meanwhile. */
  block(deltaMs: number): void {
    this.#moveTo(this.#monotonicMs + deltaMs);
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** Lets every promise callback that is ready run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
