import { CronSchedule } from "../config/cron-schedule.ts";
import type { SyncWindow } from "../config/config.ts";

/** A stretch of time in which a window is on, or off. */
export interface WindowSpan {
  readonly isOn: boolean;
  /** The first ms since 1970 at which that changes; null: none was found. */
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
  /** `untilMs`: up to when the span is known to hold. */
  #known: {
    readonly fromMs: number;
    readonly untilMs: number;
    readonly span: WindowSpan;
  } | null = null;

  constructor({ schedule, timeZone, durationMs }: SyncWindow) {
    this.#schedule = new CronSchedule(schedule, timeZone);
    this.#durationMs = durationMs;
  }

  /** The stretch that `nowMs` (ms since 1970) is in. The end of very many times that overlap is not found until it is nearer. */
  spanAt(nowMs: number): WindowSpan {
    const known = this.#known;
    if (known !== null && nowMs >= known.fromMs && nowMs < known.untilMs) return known.span;
    const endMs = this.endAt(nowMs);
    this.#known = { fromMs: nowMs, ...(endMs === null ? this.#off(nowMs) : this.#on(endMs)) };
    return this.#known.span;
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

  #off(nowMs: number): { readonly untilMs: number; readonly span: WindowSpan } {
    const nextMs = this.nextAfter(nowMs);
    return { untilMs: nextMs ?? Infinity, span: { isOn: false, untilMs: nextMs } };
  }

  #on(firstEndMs: number): { readonly untilMs: number; readonly span: WindowSpan } {
    let endMs = firstEndMs;
    for (let merged = 0; merged < MOST_MERGED; merged += 1) {
      // Null once none of its times is on at the very moment in which the ones before have ended.
      const laterMs = this.endAt(endMs);
      if (laterMs === null) return { untilMs: endMs, span: { isOn: true, untilMs: endMs } };
      endMs = laterMs;
    }
    return { untilMs: endMs, span: { isOn: true, untilMs: null } };
  }
}
