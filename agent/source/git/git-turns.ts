/** Work that goes one at a time, in the order it came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins `work` when all that came before has ended, however it ended. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
