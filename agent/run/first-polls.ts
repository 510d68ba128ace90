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
 * Rooms that want a pass from the start wait for the first poll of their source, however it ends: what is on record may be old, as after a
 * restore or a long stop, and putting it back would undo what was pushed and done meanwhile. Whatever else asks for a pass, such as a
 * suspension that ends or a reload, waits with them; a commit of the source or a person's request does not.
 */
export class FirstPolls {
  readonly #deps: FirstPollsDeps;
  /** By source. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #sources = new Map<string, string>();
  #endsMs = 0;

  constructor(deps: FirstPollsDeps) {
    this.#deps = deps;
  }

  /** Puts the rooms into the queue, in turns, however many they are. `sourceOf` gives null where no source is waited for. */
  queueWanted(
    roomIds: readonly string[],
    sourceOf: (roomId: string) => string | null,
  ): Promise<void> {
    const { queue, clock } = this.#deps;
    this.#endsMs = clock.monotonicMs() + FIRST_POLL_MS;
    return inTurns(
      inSteps(roomIds, (roomId) => {
        const source = sourceOf(roomId);
        if (source === null) return queue.add(roomId, "interval");
        const rooms = this.#waiting.get(source) ?? new Set();
        this.#waiting.set(source, rooms.add(roomId));
        this.#sources.set(roomId, source);
        queue.addAfter(roomId, "interval", FIRST_POLL_MS);
      }),
    );
  }

  /** Ms that the room still waits; 0: it does not. */
  waitMs(roomId: string): number {
    if (!this.#sources.has(roomId)) return 0;
    return Math.max(0, this.#endsMs - this.#deps.clock.monotonicMs());
  }

  /** A commit of its source is about the room: it waits no longer. */
  release(roomId: string): void {
    const source = this.#sources.get(roomId);
    if (source === undefined) return;
    this.#sources.delete(roomId);
    this.#waiting.get(source)?.delete(roomId);
  }

  /** A poll of the source has ended. */
  async polled(source: string): Promise<void> {
    const rooms = this.#waiting.get(source);
    if (rooms === undefined) return;
    this.#waiting.delete(source);
    await inTurns(
      inSteps(rooms, (roomId) => {
        this.#sources.delete(roomId);
        this.#deps.queue.add(roomId, "interval");
      }),
    );
  }
}
