import type { Clock } from "../kernel/clock.ts";
import type { Item } from "../plan/item.ts";

const WINDOW_MS = 60_000;
/** Of one room so many items are counted: more of them say nothing more. */
const MAX_ITEMS = 200;
/** Of one item so many corrections are remembered. */
const MAX_TIMES = 20;

/** A correction, and whether the read-back showed it. */
export interface CorrectedItem {
  readonly item: Item;
  readonly isSeen: boolean;
}

/** The corrections of one item: when they were made, and when the newest was seen; null: none was. */
interface Corrections {
  readonly times: readonly number[];
  readonly seenMs: number | null;
}

/** How often items were corrected in the last minute. In memory: a restart counts from zero. */
export class CorrectionCounts {
  readonly #rooms = new Map<string, Map<Item, Corrections>>();
  readonly #clock: Pick<Clock, "monotonicMs">;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Counts one correction of each item, and says how many each has had in the last minute, this one included. */
  add(
    roomId: string,
    items: readonly CorrectedItem[],
  ): readonly { readonly item: Item; readonly count: number }[] {
    if (items.length === 0) return [];
    const nowMs = this.#clock.monotonicMs();
    this.#dropOld(nowMs);
    const known = this.#rooms.get(roomId) ?? new Map<Item, Corrections>();
    this.#rooms.set(roomId, known);
    return items.slice(0, MAX_ITEMS).map(({ item, isSeen }) => {
      const before = known.get(item);
      const times = [...(before?.times ?? []), nowMs].slice(-MAX_TIMES);
      const seenMs = isSeen ? nowMs : (before?.seenMs ?? null);
      if (before !== undefined || known.size < MAX_ITEMS) known.set(item, { times, seenMs });
      return { item, count: times.length };
    });
  }

  /** Whether a read of the last minute showed the item corrected. */
  wasSeen(roomId: string, item: Item): boolean {
    const seenMs = this.#rooms.get(roomId)?.get(item)?.seenMs ?? null;
    return seenMs !== null && this.#clock.monotonicMs() - seenMs < WINDOW_MS;
  }

  #dropOld(nowMs: number): void {
    for (const [roomId, known] of this.#rooms) {
      for (const [item, { times, seenMs }] of known) {
        const fresh = times.filter((atMs) => nowMs - atMs < WINDOW_MS);
        if (fresh.length === 0) known.delete(item);
        else if (fresh.length < times.length) known.set(item, { times: fresh, seenMs });
      }
      if (known.size === 0) this.#rooms.delete(roomId);
    }
  }
}
