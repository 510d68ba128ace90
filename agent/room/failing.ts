import { toIso } from "../kernel/clock.ts";
import { endOf } from "./ends.ts";
import { isHolding } from "./judge-read.ts";
import type { Outcome } from "./outcome.ts";
import type { Room } from "./room.ts";
import type { Suspicion } from "./suspicion.ts";

/** Ms. What ends by itself, such as a restart of the RoomServer, is over by then. */
export const FAILING_MS = 60_000;

/** Ends that show neither that a pass can succeed nor that it cannot. */
const CUT_SHORT: ReadonlySet<Outcome["kind"]> = new Set(["superseded", "stopping", "rolledBack"]);

/** What of an attempt says whether its pass failed. */
export interface PassEnd {
  readonly outcome: Outcome;
  readonly trust: { readonly suspicion: Suspicion | null } | null;
}

/**
 * Since when every pass over the room has failed, as `Room.failingSince` has it; null: the last one that says so did not fail. A
 * pass that was superseded or cut off changes nothing of it. `nowMs`: the time that things expire by.
 */
export function failingSinceAfter(
  { failingSince = null }: Pick<Room, "failingSince">,
  attempts: readonly PassEnd[],
  nowMs: number,
): string | null {
  if (attempts.some(fails)) return failingSince ?? toIso(nowMs);
  return attempts.some(({ outcome }) => CUT_SHORT.has(outcome.kind)) ? failingSince : null;
}

/** The room after a pass with these attempts. */
export function withFailing(
  row: Room,
  attempts: readonly { readonly ending: PassEnd }[],
  nowMs: number,
): Room {
  const ends = attempts.map(({ ending }) => ending);
  const failingSince = failingSinceAfter(row, ends, nowMs);
  return failingSince === (row.failingSince ?? null) ? row : { ...row, failingSince };
}

/** True once passes have failed for so long, whatever they failed by, that a person is needed. A clock that went back has measured nothing. */
export function isFailing({ failingSince = null }: Pick<Room, "failingSince">, nowMs: number) {
  return failingSince !== null && nowMs - Date.parse(failingSince) >= FAILING_MS;
}

/** Ends that come again at the backoff, and reads that are not believed. */
function fails({ outcome, trust }: PassEnd): boolean {
  return endOf(outcome).next === "backoff" || isHolding(trust?.suspicion ?? null);
}
