import { CronSchedule } from "../config/cron-schedule.ts";
import type { SyncWindow } from "../config/config.ts";

/** A stretch of time in which a window is on, or off. */
export interface WindowSpan {
  readonly isOn: boolean;
  /** The first ms since 1970 at which that may change; null: never. */
  readonly untilMs: number | null;
}

/** Up to how many of its times that overlap are one stretch: each look-up costs up to half a millisecond. */
const MOST_MERGED = 300;

/**
 * When one window is on: from each of its times for its duration, which is elapsed time. Where it lasts longer than until the
 * next time, it stays on.
 */
export class WindowTimes {
  readonly #schedule: CronSchedule;
  readonly #durationMs: number;
  #known: { readonly fromMs: number; readonly span: WindowSpan } | null = null;

  constructor({ schedule, timeZone, durationMs }: SyncWindow) {
    this.#schedule = new CronSchedule(schedule, timeZone);
    this.#durationMs = durationMs;
  }

  /** The stretch that `nowMs` (ms since 1970) is in. Of very many times that overlap, `untilMs` may be too early. */
  spanAt(nowMs: number): WindowSpan {
    const known = this.#known;
    if (known !== null && nowMs >= known.fromMs && nowMs < (known.span.untilMs ?? Infinity))
      return known.span;
    const endMs = this.endAt(nowMs);
    const span =
      endMs === null
        ? { isOn: false, untilMs: this.nextAfter(nowMs) }
        : { isOn: true, untilMs: this.#mergedEnd(endMs) };
    this.#known = { fromMs: nowMs, span };
    return span;
  }

  /** The end of the newest of its times that is on at `nowMs`; null: none is. One look-up. */
  endAt(nowMs: number): number | null {
    const beginMs = this.#schedule.lastAt(nowMs);
    if (beginMs === null || beginMs + this.#durationMs <= nowMs) return null;
    return beginMs + this.#durationMs;
  }

  /** When it begins next after `nowMs`; null: never. One look-up. */
  nextAfter(nowMs: number): number | null {
    return this.#schedule.nextAfter(nowMs);
  }

  #mergedEnd(firstEndMs: number): number {
    let endMs = firstEndMs;
    for (let merged = 0; merged < MOST_MERGED; merged += 1) {
      // Null once none of its times is on at the very moment in which the ones before have ended.
      const laterMs = this.endAt(endMs);
      if (laterMs === null) break;
      endMs = laterMs;
    }
    return endMs;
  }
}
