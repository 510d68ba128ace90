/** A room other than the one asked about needs no more of them. */
const KEPT = 2;

/** Which rooms the RoomServer has shown last. A room whose state it does not show any more is not among them. */
export class AnsweredRooms {
  /** The newest last. */
  #rooms: readonly string[] = [];

  /** `isShown`: whether its state was answered with one. */
  note(roomId: string, isShown: boolean): void {
    if (isShown && this.#rooms.at(-1) === roomId) return;
    const others = this.#rooms.filter((other) => other !== roomId);
    this.#rooms = isShown ? [...others, roomId].slice(-KEPT) : others;
  }

  hasOther(roomId: string): boolean {
    return this.#rooms.some((other) => other !== roomId);
  }
}
