import type { Clock } from "../kernel/clock.ts";
/** A poll: when it was sent and answered (monotonic ms), whether over a new connection, and what it found the head at. */
export interface HeadLook {
  readonly fresh: boolean;
  readonly askedMs: number;
  readonly answeredMs: number;
  /** The tag that the head was found at; absent where no tag is followed. */
  readonly tag?: string;
}

export type LagVerdict =
  /** It is not the head that is being doubted. */
  | { readonly kind: "other" }
  /** Doubted, and this answer does not settle it. */
  | { readonly kind: "wait"; readonly leftMs: number }
  /** The same answer again, late enough and over a new connection. */
  | { readonly kind: "confirmed" };

/** A look that is made now, over whatever connection. */
export function lookNow(clock: Pick<Clock, "monotonicMs">): HeadLook {
  const nowMs = clock.monotonicMs();
  return { fresh: false, askedMs: nowMs, answeredMs: nowMs };
}

/**
 * A head that is an ancestor of the ingested one may come from a replica that lags. It counts when the server gives it a second time,
 * over a new connection and not before `toleranceMs` have passed; any other answer in between starts over. A restart does, too.
 */
export class LagWatch {
  readonly #toleranceMs: number;
  #doubted: { readonly head: string; readonly sinceMs: number } | null = null;

  constructor(toleranceMs: number) {
    this.#toleranceMs = toleranceMs;
  }

  /** True while a head is doubted: the next poll must use a new connection. */
  get isDoubting(): boolean {
    return this.#doubted !== null;
  }

  judge(head: string, look: HeadLook): LagVerdict {
    const doubted = this.#doubted;
    if (doubted?.head !== head) {
      this.#doubted = null;
      return { kind: "other" };
    }
    const leftMs = this.#toleranceMs - (look.askedMs - doubted.sinceMs);
    if (!look.fresh || leftMs > 0) return { kind: "wait", leftMs: Math.max(leftMs, 0) };
    return { kind: "confirmed" };
  }

  /** Doubts a head from this answer on. Gives the ms until a second look may settle it. */
  doubt(head: string, { answeredMs }: HeadLook): number {
    this.#doubted = { head, sinceMs: answeredMs };
    return this.#toleranceMs;
  }

  clear(): void {
    this.#doubted = null;
  }
}
