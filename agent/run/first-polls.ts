import type { Clock } from "../kernel/clock.ts";
import { inSteps, inTurns } from "../kernel/in-turns.ts";
import type { WorkQueue } from "../queue/work-queue.ts";

/** Ms. A source that has not answered by then may be away for long: its rooms are held to what is on record. */
export const FIRST_POLL_MS = 30_000;

interface FirstPollsDeps {
  readonly queue: Pick<WorkQueue, "add" | "addAfter">;
  readonly clock: Pick<Clock, "monotonicMs">;
}

/**
 * Rooms that want a pass from the start wait for the first poll of their source, however it ends, and posted ones for those of all sources that may claim them: what is on record may be old, as after a
 * restore or a long stop, and putting it back would undo what was pushed and done meanwhile. Whatever else asks for a pass, such as a
 * suspension that ends or a reload, waits with them; a commit of the source or a person's request does not.
 */
export class FirstPolls {
  readonly #deps: FirstPollsDeps;
  /** By source: the rooms that wait for its first poll, or did. */
  readonly #rooms = new Map<string, Set<string>>();
  /** By room that waits: how many sources it waits for. */
  readonly #left = new Map<string, number>();
  #endsMs = 0;

  constructor(deps: FirstPollsDeps) {
    this.#deps = deps;
  }

  /** Puts the rooms into the queue, in turns, however many they are. `sourcesOf` gives the sources that a room waits for, each once. */
  queueWanted(
    roomIds: readonly string[],
    sourcesOf: (roomId: string) => readonly string[],
  ): Promise<void> {
    const { queue, clock } = this.#deps;
    this.#endsMs = clock.monotonicMs() + FIRST_POLL_MS;
    return inTurns(
      inSteps(roomIds, (roomId) => {
        const sources = sourcesOf(roomId);
        if (sources.length === 0) return queue.add(roomId, "interval");
        for (const source of sources) {
          const rooms = this.#rooms.get(source) ?? new Set();
          this.#rooms.set(source, rooms.add(roomId));
        }
        this.#left.set(roomId, sources.length);
        queue.addAfter(roomId, "interval", FIRST_POLL_MS);
      }),
    );
  }

  /** Ms that the room still waits; 0: it does not. */
  waitMs(roomId: string): number {
    if (!this.#left.has(roomId)) return 0;
    return Math.max(0, this.#endsMs - this.#deps.clock.monotonicMs());
  }

  /** A commit of its source is about the room: it waits no longer. */
  release(roomId: string): void {
    this.#left.delete(roomId);
  }

  /** A poll of the source has ended. */
  async polled(source: string): Promise<void> {
    const rooms = this.#rooms.get(source);
    if (rooms === undefined) return;
    this.#rooms.delete(source);
    await inTurns(inSteps(rooms, (roomId) => this.#polledFor(roomId)));
  }

  #polledFor(roomId: string): void {
    const left = this.#left.get(roomId);
    if (left === undefined) return;
    if (left > 1) {
      this.#left.set(roomId, left - 1);
      return;
    }
    this.#left.delete(roomId);
    this.#deps.queue.add(roomId, "interval");
  }
}
