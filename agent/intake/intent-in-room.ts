import { firstParentLine } from "../intent/first-parent-line.ts";
import { toDryRun } from "../intent/to-dry-run.ts";
import { nextDryRun } from "../intent/next-dry-run.ts";
import { PRUNED_BY_NAME } from "../intent/ignored-reasons.ts";
import { IN_PLACE, NOT_REMEMBERED } from "../room/dry-run-text.ts";
import { confirmingDryRun } from "../room/confirmed-dry-runs.ts";
import { namingCommit } from "../room/confirmed-head.ts";
import { commitOf } from "../room/revision.ts";
import { pendingPrune } from "../room/prune.ts";
import { MOST_ROOMLESS } from "../room/roomless-dry-runs.ts";
import { MOST_REHEARSALS, NO_SPEC, rehearsalOf } from "../room/rehearsals.ts";
import type { DryRun, Room } from "../room/room.ts";
import { isOfAnother as isOfAnotherSource } from "./handed-over.ts";
import { leftWithFile, rehearsalsAfter } from "./rehearsals-after.ts";
import type { RoomNewsGiven } from "./room-news.ts";
import { versionAfter } from "./accepted-versions.ts";

/** The room after what the commits say of it. `isChanged`: the snapshot says something new of it, too. */
export function withIntent(
  row: Room,
  given: RoomNewsGiven & { readonly isChanged: boolean },
): Room {
  const { intent, history, news, isChanged } = given;
  if (row.owner === null && news.kind !== "problem")
    return {
      ...withPruneIntent(row, given),
      ...leftWithFile(row, given),
      ...versionAfter(row, { ...given, intent: undefined }),
    };
  const isNewIntent =
    intent !== undefined && (intent.touched || intent.confirmedByName || intent.ignored.length > 0);
  const oid = row.headProblem === null ? (row.head?.specOid ?? null) : null;
  const before = dryRunsBefore(row, given);
  const [was = null] = before;
  const next = nextDryRun(was, intent, {
    history,
    oid,
    inputsChanged:
      news.kind === "inputs" &&
      news.isOld !== true &&
      (isOther(row, given.before) || isOfAnother(was, oid) || isMoot(was, row)),
    wasHeldTo: isHeldTo(row) || given.wasVerified === true,
  });
  const isForced = history === "rewritten" && news.kind === "inputs" && isOther(row, given.before);
  const said = isForced && oid !== null ? afterForcePush(row, { was, next, oid, given }) : next;
  const dryRun = said === null || isConfirmed(said, row, given) ? null : said;
  const remembered = rehearsalsAfter({ ...row, dryRun }, before, given);
  return {
    ...row,
    dryRun,
    ...(dryRun === said ? remembered : without(said, remembered, oid)),
    dryRunLeft: null,
    intentIgnored: [
      ...(isHandedOver(given) || !(isNewIntent || isChanged) ? row.intentIgnored : []),
      ...(isNewIntent ? intent.ignored : []),
    ],
    ...overrideAfter(row, given),
    ...reviewAfter(row, given),
    ...confirmedHeadAfter(row, given),
    ...versionAfter(row, given),
  };
}

/**
 * A commit that ended this very dry run, for these very inputs, is on the branch above it: its `Confirm` was used, and says nothing of
 * what it would remove now, but the dry run stays ended.
 */
function isConfirmed(dryRun: DryRun, row: Room, { commits = [] }: RoomNewsGiven): boolean {
  const by = confirmingDryRun(row, dryRun);
  if (by.length === 0) return false;
  const line = firstParentLine(commits);
  return by.some((commit) => line.has(commit));
}

/** No force-push that brings the spec back begins that dry run again. */
function without(
  ended: DryRun | null,
  { rehearsals, rehearsalsForgotten }: Pick<Room, "rehearsals" | "rehearsalsForgotten">,
  oid: string | null,
): Pick<Room, "rehearsals" | "rehearsalsForgotten"> {
  const isEnded = (one: DryRun) => one.commit === ended?.commit && one.oid === oid;
  return { rehearsals: rehearsals.filter((one) => !isEnded(one)), rehearsalsForgotten };
}

/** What did not count of the commit that took the file from another source is still to be read. */
function isHandedOver({ before, news, source }: RoomNewsGiven): boolean {
  return before?.owner === null && news.kind === "inputs" && isOfAnotherSource(before, source);
}

/** Only a room that waits for its prune is spoken of without a file. */
function withPruneIntent(
  row: Room,
  { intent, history, news, before }: Pick<RoomNewsGiven, "intent" | "history" | "news" | "before">,
): Room {
  const inputsChanged = news.kind === "gone";
  if (pendingPrune(row) === null) {
    const said = inputsChanged ? (intent?.ignored ?? []) : [];
    return said.length === 0 ? row : { ...row, intentIgnored: said };
  }
  const was = inputsChanged ? (before?.dryRun ?? null) : row.dryRun;
  const touch = { history, oid: null, inputsChanged, wasHeldTo: false };
  const dryRun = nextDryRun(was, intent, touch);
  const ignored = [...(intent?.ignored ?? []), ...unnamedRemoval(row, intent)];
  const isNew = ignored.length > 0 || intent?.confirmedByName === true;
  return { ...row, dryRun, intentIgnored: isNew ? ignored : row.intentIgnored };
}

/** `Confirm: true` of the commit that removes a room's file does not count for its prune. */
function unnamedRemoval({ roomId }: Room, intent: RoomNewsGiven["intent"]): Room["intentIgnored"] {
  const commit = intent?.unnamedRemoval;
  if (commit === undefined) return [];
  return [{ commit, line: "Confirm: true", reason: PRUNED_BY_NAME(roomId) }];
}

/** A window is opened for the inputs that the room has at the commit; others that come close it again. */
function overrideAfter(
  { head, windowOverride: before = null }: Room,
  { intent, news }: Pick<RoomNewsGiven, "intent" | "news">,
): Pick<Room, "windowOverride"> {
  const said = news.kind === "inputs" ? intent?.override : undefined;
  if (said !== undefined && head !== null)
    return { windowOverride: { digest: head.digest, ...said } };
  if (before === null) return {};
  return { windowOverride: before.digest === head?.digest ? before : null };
}

/** What was reviewed, and what was confirmed although it was not, counts for the inputs that it was said of. */
function reviewAfter(
  { head, reviewed: before = null, planConfirmed = null }: Room,
  { intent, news, history }: Pick<RoomNewsGiven, "intent" | "news" | "history">,
): Pick<Room, "reviewed" | "planConfirmed"> {
  const seen = news.kind === "inputs" ? intent?.reviewed : undefined;
  const isKept = before !== null && before.inputs === head?.digest;
  // What a first clone finds was merged before there was an agent to plan it.
  const isNamed = (intent?.confirmedByName === true || history === "first") && head !== null;
  const confirmed = isNamed ? head.digest : planConfirmed === head?.digest ? planConfirmed : null;
  const reviewed =
    seen !== undefined && head !== null ? { inputs: head.digest, ...seen } : isKept ? before : null;
  return {
    ...(reviewed === null && before === null ? {} : { reviewed }),
    ...(confirmed === null && planConfirmed === null ? {} : { planConfirmed: confirmed }),
  };
}

/** Who named the room in `Confirm` for its inputs; what was said of them before is on record or in the row. */
function confirmedHeadAfter(
  { head, versionConfirmed, confirmedHead = null }: Room,
  { intent }: Pick<RoomNewsGiven, "intent">,
): Pick<Room, "confirmedHead"> {
  const isNew = intent?.confirmedByName === true && versionConfirmed !== head?.digest;
  if (isNew && intent.naming !== undefined && head !== null)
    return { confirmedHead: { digest: head.digest, ...namingCommit(intent.naming) } };
  if (confirmedHead === null) return {};
  return { confirmedHead: confirmedHead.digest === head?.digest ? confirmedHead : null };
}

interface ForcePush {
  readonly was: DryRun | null;
  /** The dry run by what the commits say. */
  readonly next: DryRun | null;
  /** Blob id of the spec that the force-push brings. */
  readonly oid: string;
  readonly given: RoomNewsGiven;
}

/**
 * The dry run of a spec that a force-push brings in the place of another one: the one that is remembered of it, or a doubt where it
 * was never asked for this spec, or where not all are remembered.
 */
function afterForcePush(row: Room, { was, next, oid, given }: ForcePush): Room["dryRun"] {
  const lasts = next !== null && next === was;
  if (next !== null && !lasts) return next;
  const again = row.head === null ? undefined : rehearsalOf(row, row.head);
  if (again !== undefined) return toDryRun(again);
  const commit = commitOf(given.revision);
  const isOld = given.news.kind === "inputs" && given.news.isOld === true;
  if (lasts) return isOld || next.oid === oid ? next : { commit, lookAlike: inItsPlace(next) };
  if (isHeldTo(row)) return null;
  const other = row.rehearsals.find((one) => one.oid === oid);
  if (other !== undefined && given.wasVerified !== true)
    return { commit, lookAlike: inItsPlace(other, ASKED_WITH_OTHER_SEEDS) };
  if (!row.rehearsalsForgotten) return null;
  return { commit, lookAlike: { line: NOT_REMEMBERED, reason: FORGOTTEN } };
}

function inItsPlace(
  { commit, label, lookAlike }: DryRun,
  asked = ASKED_FOR_ANOTHER,
): NonNullable<DryRun["lookAlike"]> {
  if (lookAlike?.line === IN_PLACE) return lookAlike;
  const reason = `${label === undefined ? `commit ${commit}` : `the ${label}`} ${asked}`;
  return { line: IN_PLACE, reason };
}

const ASKED_FOR_ANOTHER =
  "asked for a dry run, and a force-push brought another spec in the place of the one it was asked for, so this one is held as well";

const ASKED_WITH_OTHER_SEEDS =
  "asked for a dry run of this spec with other seeds, and a force-push brought it with seeds that the room was not held to, so it is held as well";

/** Why a spec that a force-push brings is held as a dry run, where not all that ended are remembered. */
export const FORGOTTEN =
  `a force-push brought this spec, and more dry runs of the room ended than the ${MOST_REHEARSALS} that are remembered, ` +
  `or of more than ${MOST_ROOMLESS} rooms that were not its source's or not on record, so it may have been one`;

/** The newest inputs are what the room was held to last, or before its branch was moved. */
function isHeldTo({ head, verified, enforced, enforcedBefore, detour }: Room): boolean {
  const held = [verified, enforced, enforcedBefore, detour?.past?.enforced];
  return held.some((inputs) => inputs?.digest === head?.digest);
}

/** A posted spec says nothing of what the file was before. */
function isOther({ head }: Room, before: Room | null): boolean {
  return before?.overridden === true || before?.head?.digest !== head?.digest;
}

/** A dry run was asked for another spec, which the room has not had. */
function isOfAnother(was: DryRun | null, oid: string | null): boolean {
  return was?.oid !== undefined && was.oid !== NO_SPEC && oid !== null && was.oid !== oid;
}

/**
 * A dry run was asked for in a file that could not be read, and the file is again what the room was verified at: nothing is left to
 * plan. A spec that an earlier dry run was asked for still waits.
 */
function isMoot(was: DryRun | null, row: Room): boolean {
  const { head, headProblem, enforced, verified } = row;
  if (was?.oid !== NO_SPEC || head === null || headProblem !== null) return false;
  const isKept = enforced?.digest === head.digest && verified?.digest === head.digest;
  return isKept && rehearsalOf(row, head) === undefined;
}

/**
 * The dry runs that a room comes with, the one that counts first: it keeps its own, whoever gets it; what its source asked for before
 * it had the room, or had it back, is newer.
 */
function dryRunsBefore(row: Room, { before, asked, roomless }: RoomNewsGiven): readonly DryRun[] {
  const left = [before?.dryRunLeft, roomless?.left].flatMap((one) => one ?? []);
  const back = left.filter(({ oid }) => oid === row.head?.specOid);
  return [asked ?? [], row.dryRun ?? [], back, left.filter((one) => !back.includes(one))].flat();
}
