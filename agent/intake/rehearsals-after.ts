import { IN_PLACE } from "../room/dry-run-text.ts";
import {
  isConfirmed,
  NO_SPEC,
  withEnded,
  withoutSpecs,
  type ConfirmedSpec,
  type Rehearsal,
} from "../room/rehearsals.ts";
import type { DryRun, Room } from "../room/room.ts";
import type { RoomIntent } from "../intent/room-intent.ts";
import type { RoomNewsGiven } from "./room-news.ts";

/**
 * The dry runs that are remembered of a room after a fetch: those that ended because other inputs came, in the fetch or by it. A
 * spec that a person confirmed by the room's name is forgotten. `left`: the dry runs that the room came with.
 */
export function rehearsalsAfter(
  row: Room,
  left: readonly DryRun[],
  given: Pick<RoomNewsGiven, "intent" | "before" | "history">,
): Pick<Room, "rehearsals" | "rehearsalsForgotten"> {
  const confirmed = confirmedSpecs(row, given);
  const ended = left.flatMap((one) => endedDryRun(one, row, given) ?? []);
  const begunToo = (given.intent?.endedDryRuns ?? [])
    .filter((one) => !isStill(one, row))
    .map((one) => asKnown(one, row));
  const known = { ...row, rehearsals: withoutSpecs(row, confirmed) };
  return withEnded(known, [...begunToo, ...ended.filter((one) => !isConfirmed(one, confirmed))]);
}

/**
 * The same where the room's file is gone, with the dry run that counts again if the file is back as it was: of the spec that it had
 * before it went, though that was never the room's newest.
 */
export function leftWithFile(
  row: Room,
  given: Pick<RoomNewsGiven, "intent" | "before" | "history" | "news">,
): Partial<Pick<Room, "dryRunLeft" | "rehearsals" | "rehearsalsForgotten">> {
  if (given.news.kind !== "gone" && given.news.kind !== "intentOnly") return {};
  const last = lastAsked(given.intent);
  // Of a room that waits for its prune: its file came and went in the fetch, and another spec may have ended it in between.
  const isEndedBefore = given.news.kind === "intentOnly" && last?.oid !== given.intent?.lastSpec;
  const asked = isEndedBefore ? null : last;
  const known = row.dryRunLeft;
  const isEnded = confirmedSpecs(row, given).some(({ oid }) => oid === known?.oid);
  const dryRunLeft = asked ?? (isEnded ? null : known);
  const ended = known === null || asked === null ? [] : [known];
  return { dryRunLeft, ...rehearsalsAfter({ ...row, dryRun: dryRunLeft }, ended, given) };
}

/** A commit that removes the file and asks for a dry run is about no spec. */
export function lastAsked(
  intent: Pick<RoomIntent, "dryRun" | "endedDryRuns"> | undefined,
): Rehearsal | null {
  if (intent === undefined) return null;
  const { dryRun, endedDryRuns = [] } = intent;
  if (dryRun.kind !== "off") return endedDryRuns[0] ?? null;
  return dryRun.asked === undefined ? null : { ...dryRun.asked.dryRun, oid: dryRun.asked.oid };
}

function confirmedSpecs(
  { head }: Room,
  { intent, before }: Pick<RoomNewsGiven, "intent" | "before">,
): readonly ConfirmedSpec[] {
  const known = before?.head;
  return (intent?.confirmedSpecs ?? []).flatMap((oid): readonly ConfirmedSpec[] => {
    if (oid !== null) return [{ oid, inputs: oid === head?.specOid ? head.digest : undefined }];
    return known == null ? [] : [{ oid: known.specOid, inputs: known.digest }];
  });
}

/** A commit that is read again asked for the same seeds as before. */
function asKnown(one: Rehearsal, { rehearsals }: Room): Rehearsal {
  const known = rehearsals.find(({ commit, oid }) => commit === one.commit && oid === one.oid);
  return known?.inputs === undefined ? one : { ...one, inputs: known.inputs };
}

function isStill({ oid, commit }: Rehearsal, { dryRun, head }: Room): boolean {
  return dryRun?.commit === commit && head?.specOid === oid;
}

/**
 * A dry run that ends, or that lasts in a history without its commit, with the spec it was asked for: if a force-push brings that
 * spec back, it counts again. Null: it lasts, or it was asked for no spec.
 */
function endedDryRun(
  was: DryRun,
  { dryRun, head, rehearsals }: Room,
  { before, history }: Pick<RoomNewsGiven, "before" | "history">,
): Rehearsal | null {
  const known = rehearsals.find(({ commit }) => commit === was.commit);
  const oid = known?.oid ?? was.oid ?? before?.head?.specOid;
  const inputs =
    known === undefined && was.oid === undefined ? before?.head?.digest : known?.inputs;
  if (oid === undefined || oid === NO_SPEC || was.lookAlike?.line === IN_PLACE) return null;
  const { commit, label, lookAlike } = was;
  const lasts = commit === dryRun?.commit;
  const isOther = head?.specOid !== oid || (inputs !== undefined && head.digest !== inputs);
  const isAway = history !== "descends" && isOther;
  if (lasts && !isAway) return null;
  return {
    commit,
    ...(label === undefined ? {} : { label }),
    ...(lookAlike === undefined ? {} : { lookAlike }),
    oid,
    ...(inputs === undefined ? {} : { inputs }),
  };
}
