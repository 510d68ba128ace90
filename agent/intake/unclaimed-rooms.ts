import type { Assignment } from "./assign-rooms.ts";
import type { SourceIndex } from "./source-index.ts";

/** The rooms that files of one source named before a snapshot and do not name any more. */
export class UnclaimedRooms {
  readonly #index: SourceIndex;
  readonly #rooms = new Set<string>();

  constructor(index: SourceIndex) {
    this.#index = index;
  }

  /** Called before the index learns what the file says now; `roomId` null: nothing, or the file is gone. */
  note(path: string, roomId: string | null): void {
    const before = this.#index.get(path)?.roomId ?? null;
    if (before !== null && before !== roomId) this.#rooms.add(before);
  }

  /** Those and the rooms that are gone: another source's file may take them over. Called when the index is up to date. */
  released({ rooms }: Pick<Assignment, "rooms">): readonly string[] {
    const gone = rooms.filter(({ kind }) => kind === "gone").map(({ roomId }) => roomId);
    const dropped = [...this.#rooms].filter((roomId) => this.#index.pathsOf(roomId).length === 0);
    return [...new Set([...gone, ...dropped])];
  }
}
