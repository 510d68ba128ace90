import type { Clock } from "../kernel/clock.ts";
import type { RoomState } from "../plan/room-state.ts";

/**
 * The last read of each room, kept for `ttlMs`. It serves only PLANNING of interval passes; everything else
 * reads again and puts the answer here.
 */
export class StateCache {
  readonly #entries = new Map<string, { state: RoomState; atMs: number }>();
  readonly #clock: Clock;
  readonly #ttlMs: number;

  constructor(clock: Clock, ttlMs: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  get(roomId: string): RoomState | undefined {
    this.#dropOld();
    return this.#entries.get(roomId)?.state;
  }

  put(roomId: string, state: RoomState): void {
    this.#entries.delete(roomId);
    this.#entries.set(roomId, { state, atMs: this.#clock.monotonicMs() });
    this.#dropOld();
  }

  /** After any write of ours what was read is no longer true. */
  drop(roomId: string): void {
    this.#entries.delete(roomId);
  }

  /** Entries are in the order they were put, so the old ones come first. */
  #dropOld(): void {
    const oldestMs = this.#clock.monotonicMs() - this.#ttlMs;
    for (const [roomId, entry] of this.#entries) {
      if (entry.atMs > oldestMs) return;
      this.#entries.delete(roomId);
    }
  }
}
