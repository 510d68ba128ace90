import { toDryRun } from "../intent/dry-run-words.ts";
import { nextDryRun } from "../intent/next-dry-run.ts";
import { PRUNED_BY_NAME } from "../intent/ignored-reasons.ts";
import { NOT_REMEMBERED } from "../room/dry-run-text.ts";
import { commitOf } from "../room/revision.ts";
import { pendingPrune } from "../room/prune.ts";
import type { Room } from "../room/room.ts";
import type { RoomNewsGiven } from "./room-news.ts";

/** The room after what the commits say of it. `isChanged`: the snapshot says something new of it, too. */
export function withIntent(
  row: Room,
  given: RoomNewsGiven & { readonly isChanged: boolean },
): Room {
  const { intent, history, news, before, isChanged } = given;
  if (row.owner === null && news.kind !== "problem") return withPruneIntent(row, given);
  const isNewIntent =
    intent !== undefined && (intent.touched || intent.confirmedByName || intent.ignored.length > 0);
  const oid = news.kind === "problem" ? null : (row.head?.specOid ?? null);
  const was = dryRunBefore(row, given);
  const next = nextDryRun(was, intent, {
    history,
    oid,
    inputsChanged: news.kind === "inputs" && news.isOld !== true && isOther(row, before),
    wasHeldTo: heldTo(row).some((inputs) => inputs?.digest === row.head?.digest),
  });
  const dryRun = next ?? rehearsedBefore(row, { oid, given });
  return {
    ...row,
    dryRun,
    ...rehearsalsAfter(row, [
      leftRehearsal(was, { ...row, dryRun }, given),
      passedRehearsal(intent, oid),
    ]),
    dryRunLeft: null,
    intentIgnored: isNewIntent ? intent.ignored : isChanged ? [] : row.intentIgnored,
    ...overrideAfter(row, given),
    ...reviewAfter(row, given),
    versionConfirmed:
      intent?.confirmedByName === true && row.head !== null ? row.head.digest : confirmedStill(row),
  };
}

/** Only a room that waits for its prune is spoken of without a file. */
function withPruneIntent(
  row: Room,
  { intent, history, news, before }: Pick<RoomNewsGiven, "intent" | "history" | "news" | "before">,
): Room {
  if (pendingPrune(row) === null) return row;
  const inputsChanged = news.kind === "gone";
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

type Rehearsal = Room["rehearsals"][number];

/** Dry runs that are remembered of a room. */
const MOST_REHEARSALS = 10;

/** The dry run that a force-push brings back with its spec, or may bring back where not all are remembered. */
function rehearsedBefore(
  row: Room,
  { oid, given }: { readonly oid: string | null; readonly given: RoomNewsGiven },
): Room["dryRun"] {
  const { history, news, before, revision } = given;
  if (history !== "rewritten" || oid === null) return null;
  const again = row.rehearsals.find((one) => one.oid === oid);
  if (again !== undefined) return toDryRun(again);
  if (!row.rehearsalsForgotten || news.kind !== "inputs" || !isOther(row, before)) return null;
  if (heldTo(row).some((inputs) => inputs?.specOid === oid)) return null;
  const commit = commitOf(revision);
  return { commit, lookAlike: { line: NOT_REMEMBERED, reason: FORGOTTEN } };
}

const FORGOTTEN =
  `a force-push brought this spec, and more dry runs of the room ended than the ${MOST_REHEARSALS} that are remembered, ` +
  "so it may have been one";

/** The dry runs that are remembered once these ended, each spec once. */
function rehearsalsAfter(
  { rehearsals, rehearsalsForgotten }: Room,
  ended: readonly (Rehearsal | null)[],
): Pick<Room, "rehearsals" | "rehearsalsForgotten"> {
  const fresh = ended.filter((one) => one !== null);
  if (fresh.length === 0) return { rehearsals, rehearsalsForgotten };
  const all = [...new Map([...fresh, ...rehearsals].toReversed().map((one) => [one.oid, one]))];
  const newest = all.map(([, one]) => one).toReversed();
  return {
    rehearsals: newest.slice(0, MOST_REHEARSALS),
    rehearsalsForgotten: rehearsalsForgotten || newest.length > MOST_REHEARSALS,
  };
}

/** A dry run that began and ended in the same fetch. */
function passedRehearsal(intent: RoomNewsGiven["intent"], oid: string | null): Rehearsal | null {
  const asked = intent?.dryRun.kind === "off" ? intent.dryRun.asked : undefined;
  return asked === undefined || asked.oid === oid ? null : { ...asked.dryRun, oid: asked.oid };
}

/**
 * A dry run that ends because other inputs came, and not by a person, or that lasts in a history without its commit, with the
 * spec it was asked for: if a force-push brings that spec back, it counts again.
 */
function leftRehearsal(
  was: Room["dryRun"],
  { dryRun, head, rehearsals }: Room,
  { intent, before, history }: Pick<RoomNewsGiven, "intent" | "before" | "history">,
): Rehearsal | null {
  const isNamed = intent?.dryRun.kind === "off" && intent.dryRun.byName === true;
  const known = rehearsals.find(({ commit }) => commit === was?.commit);
  const oid = known?.oid ?? was?.oid ?? before?.head?.specOid;
  if (was === null || isNamed || oid === undefined) return null;
  const lasts = was.commit === dryRun?.commit;
  const isAway = history !== "descends" && head?.specOid !== oid;
  return lasts && !isAway ? null : { ...toDryRun(was), oid };
}

/** What the room was held to last, and before its branch was moved. */
function heldTo({ verified, enforced, enforcedBefore, detour }: Room) {
  return [verified, enforced, enforcedBefore, detour?.past?.enforced];
}

/** A lower version is confirmed for the inputs that were named: it counts no more once others took their place. */
function confirmedStill({ versionConfirmed, head }: Room): Room["versionConfirmed"] {
  return head === null || head.digest === versionConfirmed ? versionConfirmed : null;
}

/** A posted spec says nothing of what the file was before. */
function isOther({ head }: Room, before: Room | null): boolean {
  return before?.overridden === true || before?.head?.digest !== head?.digest;
}

/** A room keeps its dry run, whoever gets it; what its source asked for before it had the room, or had it back, is newer. */
function dryRunBefore(row: Room, { before, asked }: RoomNewsGiven): Room["dryRun"] {
  return asked ?? row.dryRun ?? before?.dryRunLeft ?? null;
}
