import { toIso } from "../kernel/clock.ts";
import { listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import type { Contest } from "./contest.ts";

/** More corrections of one item in a minute are not drift: another writer wants the room otherwise. */
const CORRECTIONS_A_MINUTE = 5;
/**
 * The same of one that is slower. Corrections less frequent than one every 6 minutes are as rare as a contest lets them be, so there
 * is nothing to slow down.
 */
const CORRECTIONS_AN_HOUR = 10;

const FIRST_WAIT_MS = 2000;
const WAIT_FACTOR = 3;
const LONGEST_WAIT_MS = 300_000;
/** Longer than any wait, so that a contest that lasts is never taken for one that ended. */
export const QUIET_MS = 600_000;

/** How many items are kept and named; the first ones tell enough. */
const MAX_ITEMS = 20;

/** An item that a pass corrected, and how often it was corrected by now, this time included. */
export interface CorrectedOften {
  readonly item: Item;
  readonly lastMinute: number;
  /** Not less than `lastMinute`. */
  readonly lastHour: number;
}

/** What one pass adds to what is known of a contest. */
export interface Correcting {
  /** Digest of the inputs that the room is held to. */
  readonly inputs: string;
  /** Items that this pass corrected, without being asked to. */
  readonly corrected: readonly CorrectedOften[];
  /** Whether a read of this pass shows the room as its inputs want it. */
  readonly converged: boolean;
  readonly nowMs: number;
}

/** Whether a contest begins, lasts or has ended. Returns `before` itself where nothing changed. Pure. */
export function contestAfter(before: Contest | null, pass: Correcting): Contest | null {
  const known = before?.inputs === pass.inputs ? before : null;
  const { corrected, nowMs } = pass;
  const frequent = corrected.filter(isFrequent);
  if (known === null) {
    return frequent.length === 0 ? null : begin(frequent, pass);
  }
  const contested = new Map(known.items.map(({ item, count }) => [item, count]));
  const again = corrected.filter(({ item }) => contested.has(item));
  const fresh = frequent.filter(({ item }) => !contested.has(item));
  if (again.length + fresh.length > 0) {
    for (const { item } of again) contested.set(item, (contested.get(item) ?? 0) + 1);
    for (const { item, lastHour } of fresh) contested.set(item, lastHour);
    const items = [...contested].map(([item, count]) => ({ item, count })).slice(0, MAX_ITEMS);
    return { ...known, items, corrections: known.corrections + 1, correctedAt: toIso(nowMs) };
  }
  const isQuiet = pass.converged && nowMs - Date.parse(known.correctedAt) > QUIET_MS;
  return isQuiet ? null : known;
}

function isFrequent({ lastMinute, lastHour }: CorrectedOften): boolean {
  return lastMinute > CORRECTIONS_A_MINUTE || lastHour > CORRECTIONS_AN_HOUR;
}

function begin(frequent: Correcting["corrected"], { inputs, nowMs }: Correcting): Contest {
  const now = toIso(nowMs);
  const items = frequent
    .slice(0, MAX_ITEMS)
    .map(({ item, lastHour }) => ({ item, count: lastHour }));
  return { since: now, inputs, items, corrections: 0, correctedAt: now };
}

/** Ms from one correction to the next. */
export function contestDelayMs({ corrections }: Pick<Contest, "corrections">): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * WAIT_FACTOR ** corrections);
}

/** Ms until the next correction may be made; 0: now. A clock that went back has measured nothing. */
export function contestWaitMs(contest: Contest, nowMs: number): number {
  const delayMs = contestDelayMs(contest);
  return Math.min(delayMs, Math.max(0, delayMs - (nowMs - Date.parse(contest.correctedAt))));
}

/** In words, for condition, audit and log. */
export function contestText({ items, corrections }: Contest): string {
  const names = items.map(({ item, count }) => `${item} (corrected ${count} times)`);
  const seconds = contestDelayMs({ corrections }) / 1000;
  return `another person or program keeps changing the room back: ${listed(names, { each: 300 })}; it is corrected at most every ${seconds} s until nothing has been changed back for ${QUIET_MS / 60_000} minutes. Check whether another agent or a person manages this room`;
}
