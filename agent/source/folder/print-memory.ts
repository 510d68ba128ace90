import type { Clock } from "../../kernel/clock.ts";

/** A file is read again until its content was read so long after it was first seen: file systems may count in seconds. */
const SETTLED_MS = 2_000;

interface Remembered<T> {
  readonly print: string;
  readonly value: T;
  readonly seenMs: number;
  readonly readMs: number;
}

/** What files held when they were read last, by path. A file whose print is the same since is not read again. */
export class PrintMemory<T> {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #kept = new Map<string, Remembered<T>>();
  #read = new Map<string, Remembered<T>>();

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Begins a reading of all files. */
  begin(): void {
    this.#read = new Map();
  }

  async valueOf(
    { path, print }: { readonly path: string; readonly print: string },
    read: () => Promise<T>,
  ): Promise<T> {
    const known = this.#kept.get(path);
    const isSame = known?.print === print;
    if (known !== undefined && isSame && known.readMs - known.seenMs >= SETTLED_MS) {
      this.#read.set(path, known);
      return known.value;
    }
    const round = this.#read;
    const readMs = this.#clock.monotonicMs();
    const value = await read();
    const seenMs = known !== undefined && isSame ? known.seenMs : readMs;
    round.set(path, { print, value, seenMs, readMs });
    return value;
  }

  /** Ends a reading that counts: what it did not ask for is forgotten. */
  keep(): void {
    this.#kept = this.#read;
  }
}
