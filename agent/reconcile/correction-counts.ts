import type { Clock } from "../kernel/clock.ts";
import type { Item } from "../plan/item.ts";

const WINDOW_MS = 60_000;
/** Of one room so many items are counted: more of them say nothing more. */
const MAX_ITEMS = 200;
/** Of one item so many corrections are remembered. */
const MAX_TIMES = 20;

/** How often items were corrected in the last minute. In memory: a restart counts from zero. */
export class CorrectionCounts {
  readonly #rooms = new Map<string, Map<Item, number[]>>();
  readonly #clock: Pick<Clock, "monotonicMs">;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Counts one correction of each item, and says how many each has had in the last minute, this one included. */
  add(
    roomId: string,
    items: readonly Item[],
  ): readonly { readonly item: Item; readonly count: number }[] {
    if (items.length === 0) return [];
    const nowMs = this.#clock.monotonicMs();
    this.#dropOld(nowMs);
    const times = this.#rooms.get(roomId) ?? new Map<Item, number[]>();
    this.#rooms.set(roomId, times);
    return items.slice(0, MAX_ITEMS).map((item) => {
      const known = [...(times.get(item) ?? []), nowMs].slice(-MAX_TIMES);
      if (times.has(item) || times.size < MAX_ITEMS) times.set(item, known);
      return { item, count: known.length };
    });
  }

  /** Whether a correction of the item was counted in the last minute. */
  has(roomId: string, item: Item): boolean {
    this.#dropOld(this.#clock.monotonicMs());
    return this.#rooms.get(roomId)?.has(item) ?? false;
  }

  #dropOld(nowMs: number): void {
    for (const [roomId, times] of this.#rooms) {
      for (const [item, known] of times) {
        const fresh = known.filter((atMs) => nowMs - atMs < WINDOW_MS);
        if (fresh.length === 0) times.delete(item);
        else if (fresh.length < known.length) times.set(item, fresh);
      }
      if (times.size === 0) this.#rooms.delete(roomId);
    }
  }
}
