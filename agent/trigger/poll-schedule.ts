import type { PollTimes } from "../config/config.ts";
import { CronSchedule } from "../config/cron-schedule.ts";

/** The part of the time between two polls by which one may be late, and the most, ms. */
const LATE = 0.1;
const LATEST_MS = 30_000;
/** When to look again where a schedule has no next time. */
const DAY_MS = 86_400_000;

/** When a poll by a schedule is due. All in ms since 1970 or ms. */
export interface DuePoll {
  readonly atMs: number;
  /** How much later it may begin, so that sources of one schedule are not polled together. */
  readonly slackMs: number;
}

/** The times at which a source is polled by a cron line. Pure. */
export class PollSchedule {
  readonly #schedule: CronSchedule;

  constructor({ line, timeZone }: PollTimes) {
    this.#schedule = new CronSchedule(line, timeZone);
  }

  /** The first poll after `nowMs`. */
  after(nowMs: number): DuePoll {
    const atMs = this.#schedule.nextAfter(nowMs) ?? nowMs + DAY_MS;
    const gapMs = (this.#schedule.nextAfter(atMs) ?? atMs + DAY_MS) - atMs;
    return { atMs, slackMs: Math.min(LATE * gapMs, LATEST_MS) };
  }
}

/** Ms between the first polls of two sources. */
const APART_MS = 50;

/**
 * Ms from the start to the first poll of the source at `position` (from 0) of `count`: they do not begin together. All begin
 * within a tenth of their interval, and the first one, or the only one, at once.
 */
export function firstPollMs(
  position: number,
  { count, intervalMs }: { readonly count: number; readonly intervalMs: number },
): number {
  return Math.min(position * APART_MS, Math.floor((position / count) * LATE * intervalMs));
}
