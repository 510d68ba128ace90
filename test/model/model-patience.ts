import type { Room } from "../../agent/room/room.ts";

/** Time for one poll and one interval pass of each room. */
export const TICK_MS = 10_500;

/** A room's backoff is five minutes at most. */
export const MOST_TICKS = 60;

/** How long it may take until all is well: what was lost three times is written again only after an hour. */
export function ticksToHeal(rows: readonly (Room | null)[]): number {
  const isHeld = rows.some((row) => row !== null && row.notObservable.length > 0);
  return isHeld ? MOST_TICKS + Math.ceil(3_600_000 / TICK_MS) : MOST_TICKS;
}
