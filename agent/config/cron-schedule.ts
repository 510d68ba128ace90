import { Cron } from "croner";
import { messageOf } from "../kernel/errors.ts";

const MINUTE_MS = 60_000;

/**
 * The times that a cron line of five fields names in a time zone, on whole minutes. A local time that the clock leaves out in
 * spring is the end of that gap; one that the clock shows twice in autumn counts once, the first time. A line that does not name
 * an hour by number (`0 * * * *`) goes by elapsed time instead.
 */
export class CronSchedule {
  readonly #cron: Cron;

  /** Throws where `cronProblem` has something to say. */
  constructor(line: string, timeZone: string) {
    this.#cron = new Cron(line, { timezone: timeZone, mode: "5-part" });
  }

  /** The newest of its times that is not after `nowMs`; null: none. Both in ms since 1970. */
  lastAt(nowMs: number): number | null {
    const before = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    return this.#cron.previousRuns(1, new Date(before))[0]?.getTime() ?? null;
  }

  /** The first of its times after `nowMs`; null: none. Both in ms since 1970. */
  nextAfter(nowMs: number): number | null {
    const from = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    return this.#cron.nextRun(new Date(from))?.getTime() ?? null;
  }
}

/** From here on, a line that names 29 February has a time to find within the next years. */
const ANY_TIME_MS = Date.UTC(2026, 0, 1);

/** What is wrong with a cron line, to be read after its value; null: nothing. */
export function cronProblem(line: string): string | null {
  if (line.trim().split(/\s+/).length !== 5)
    return "must have five fields (minute, hour, day of month, month, day of week), no seconds and no `@daily`";
  try {
    const next = new CronSchedule(line, "UTC").nextAfter(ANY_TIME_MS);
    return next === null ? "never fires: there is no such day" : null;
  } catch (error) {
    return `is not a cron line: ${fieldText(messageOf(error))}`;
  }
}

/** The library calls the fields of a line configuration entries. */
function fieldText(message: string): string {
  return message.replace(/^CronPattern: /, "").replace(/^configuration entry /, "field ");
}

/** Whether it names a time zone that this Node knows, such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name }).format(0);
    return true;
  } catch {
    // Not a name it knows; there is no other way to ask that takes aliases.
    return false;
  }
}
