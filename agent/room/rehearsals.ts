import type { Room } from "./room.ts";

/** A dry run that ended, with the blob id of the spec that it was asked for. */
export type Rehearsal = Room["rehearsals"][number];

type Remembered = Pick<Room, "rehearsals" | "rehearsalsForgotten">;

/** Dry runs that are remembered of a room. */
export const MOST_REHEARSALS = 10;

/** Stands for the blob id of a dry run that was asked for while the room had no good file. */
export const NO_SPEC = "";

/** The dry runs that are remembered once these ended, newest first, each spec once. */
export function withEnded(
  { rehearsals, rehearsalsForgotten }: Remembered,
  ended: readonly Rehearsal[],
): Remembered {
  if (ended.length === 0) return { rehearsals, rehearsalsForgotten };
  const all = [...new Map([...ended, ...rehearsals].toReversed().map((one) => [one.oid, one]))];
  const newest = all.map(([, one]) => one).toReversed();
  return {
    rehearsals: newest.slice(0, MOST_REHEARSALS),
    rehearsalsForgotten: rehearsalsForgotten || newest.length > MOST_REHEARSALS,
  };
}

/** The same once a person confirmed specs: no force-push that brings one of them back makes it a dry run. */
export function withoutSpecs(
  { rehearsals }: Pick<Room, "rehearsals">,
  confirmed: ReadonlySet<string>,
): Room["rehearsals"] {
  return rehearsals.filter(({ oid }) => !confirmed.has(oid));
}
