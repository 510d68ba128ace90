import type { Clock } from "../kernel/clock.ts";
import type { Item } from "../plan/item.ts";
import type { CorrectedOften } from "../room/contest-law.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Of one room so many items are counted: more of them say nothing more. */
const MAX_ITEMS = 200;
/** Of one item so many corrections are remembered. */
const MAX_TIMES = 20;
/** Of all rooms together so many items: of the rooms over it, those corrected longest ago count from zero. */
const MAX_ITEMS_IN_ALL = 20_000;

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

interface RoomCorrections {
  readonly items: ReadonlyMap<Item, Corrections>;
  /** When the newest one was made. */
  readonly lastMs: number;
}

/** How often items were corrected in the last minute and hour. In memory: a restart counts from zero. */
export class CorrectionCounts {
  /** The room that was corrected last is the last. */
  readonly #rooms = new Map<string, RoomCorrections>();
  readonly #clock: Pick<Clock, "monotonicMs">;
  #size = 0;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Counts one correction of each item, and says how many each has had, this one included. */
  add(roomId: string, items: readonly CorrectedItem[]): readonly CorrectedOften[] {
    if (items.length === 0) return [];
    const nowMs = this.#clock.monotonicMs();
    const known = recent(this.#rooms.get(roomId)?.items ?? new Map(), nowMs);
    const counts = items.slice(0, MAX_ITEMS).map(({ item, isSeen }) => {
      const before = known.get(item);
      const times = [...(before?.times ?? []), nowMs].slice(-MAX_TIMES);
      const seenMs = isSeen ? nowMs : (before?.seenMs ?? null);
      if (before !== undefined || known.size < MAX_ITEMS) known.set(item, { times, seenMs });
      const lastMinute = times.filter((atMs) => nowMs - atMs < MINUTE_MS).length;
      return { item, lastMinute, lastHour: times.length };
    });
    this.forget(roomId);
    this.#rooms.set(roomId, { items: known, lastMs: nowMs });
    this.#size += known.size;
    this.#forgetOld(nowMs);
    return counts;
  }

  /** Counts the corrections of a room from zero. */
  forget(roomId: string): void {
    this.#size -= this.#rooms.get(roomId)?.items.size ?? 0;
    this.#rooms.delete(roomId);
  }

  /** Whether a read of the last minute showed the item corrected. */
  wasSeen(roomId: string, item: Item): boolean {
    const seenMs = this.#rooms.get(roomId)?.items.get(item)?.seenMs ?? null;
    return seenMs !== null && this.#clock.monotonicMs() - seenMs < MINUTE_MS;
  }

  #forgetOld(nowMs: number): void {
    for (const [roomId, { lastMs }] of this.#rooms) {
      if (nowMs - lastMs < HOUR_MS && this.#size <= MAX_ITEMS_IN_ALL) return;
      this.forget(roomId);
    }
  }
}

/** The corrections of the last hour. */
function recent(items: ReadonlyMap<Item, Corrections>, nowMs: number): Map<Item, Corrections> {
  const kept = new Map<Item, Corrections>();
  for (const [item, { times, seenMs }] of items) {
    const fresh = times.filter((atMs) => nowMs - atMs < HOUR_MS);
    if (fresh.length > 0) kept.set(item, { times: fresh, seenMs });
  }
  return kept;
}
