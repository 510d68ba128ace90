import type { Room, RoomInputs } from "./room.ts";

/** A dry run that ended, with the blob id of the spec that it was asked for. */
export type Rehearsal = Room["rehearsals"][number];

type Remembered = Pick<Room, "rehearsals" | "rehearsalsForgotten">;

/** Dry runs that are remembered of a room. */
export const MOST_REHEARSALS = 10;

/** Stands for the blob id of a dry run that was asked for while the room had no good file. */
export const NO_SPEC = "";

/** A spec that a person confirmed. */
export interface ConfirmedSpec extends Pick<Rehearsal, "oid"> {
  /** Digest of the inputs; absent: with which seeds is not known. */
  readonly inputs?: string | undefined;
}

/** The dry runs that are remembered once these ended, newest first, each spec with its seeds once. */
export function withEnded(
  { rehearsals, rehearsalsForgotten }: Remembered,
  ended: readonly Rehearsal[],
): Remembered {
  if (ended.length === 0) return { rehearsals, rehearsalsForgotten };
  const all = [...new Map([...ended, ...rehearsals].toReversed().map((one) => [keyOf(one), one]))];
  const newest = all.map(([, one]) => one).toReversed();
  return {
    rehearsals: newest.slice(0, MOST_REHEARSALS),
    rehearsalsForgotten: rehearsalsForgotten || newest.length > MOST_REHEARSALS,
  };
}

/** The same once a person confirmed specs: no force-push that brings one of them back makes it a dry run. */
export function withoutSpecs(
  { rehearsals }: Pick<Room, "rehearsals">,
  confirmed: readonly ConfirmedSpec[],
): Room["rehearsals"] {
  return rehearsals.filter((one) => !isConfirmed(one, confirmed));
}

/** Whether a person confirmed that very spec; with other seeds it is another one. */
export function isConfirmed(one: Rehearsal, confirmed: readonly ConfirmedSpec[]): boolean {
  return confirmed.some(
    ({ oid, inputs = one.inputs }) => oid === one.oid && inputs === (one.inputs ?? inputs),
  );
}

/**
 * The one that a force-push brings back with these inputs. Of one whose seeds are not known it is not known that it was asked for
 * others.
 */
export function rehearsalOf(
  { rehearsals }: Pick<Room, "rehearsals">,
  { specOid, digest }: Pick<RoomInputs, "specOid" | "digest">,
): Rehearsal | undefined {
  const same = rehearsals.filter(({ oid }) => oid === specOid);
  return (
    same.find(({ inputs }) => inputs === digest) ?? same.find(({ inputs }) => inputs === undefined)
  );
}

function keyOf({ oid, inputs = "" }: Rehearsal): string {
  return `${oid} ${inputs}`;
}
