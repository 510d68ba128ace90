import { inSteps, inTurns } from "../kernel/in-turns.ts";
import type { WorkQueue } from "../queue/work-queue.ts";

/** Ms. A source that has not answered by then may be away for long: its rooms are held to what is on record. */
export const FIRST_POLL_MS = 30_000;

/**
 * Rooms that want a pass from the start wait for the first poll of their source, however it ends: what is on record may be old, as after a
 * restore or a long stop, and putting it back would undo what was pushed and done meanwhile. A commit or a person does not wait.
 */
export class FirstPolls {
  readonly #queue: Pick<WorkQueue, "add" | "addAfter">;
  readonly #waiting = new Map<string, string[]>();

  constructor(queue: Pick<WorkQueue, "add" | "addAfter">) {
    this.#queue = queue;
  }

  /** Puts the rooms into the queue, in turns, however many they are. `sourceOf` gives null where no source is waited for. */
  queueWanted(
    roomIds: readonly string[],
    sourceOf: (roomId: string) => string | null,
  ): Promise<void> {
    return inTurns(
      inSteps(roomIds, (roomId) => {
        const source = sourceOf(roomId);
        if (source === null) return this.#queue.add(roomId, "interval");
        const rooms = this.#waiting.get(source) ?? [];
        this.#waiting.set(source, rooms);
        rooms.push(roomId);
        this.#queue.addAfter(roomId, "interval", FIRST_POLL_MS);
      }),
    );
  }

  /** A poll of the source has ended. */
  async polled(source: string): Promise<void> {
    const rooms = this.#waiting.get(source);
    if (rooms === undefined) return;
    this.#waiting.delete(source);
    await inTurns(inSteps(rooms, (roomId) => this.#queue.add(roomId, "interval")));
  }
}
