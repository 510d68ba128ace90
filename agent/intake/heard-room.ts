import { toDryRun } from "../intent/dry-run-words.ts";
import { nextDryRun } from "../intent/next-dry-run.ts";
import type { DryRun, Room } from "../room/room.ts";
import type { RoomNewsGiven } from "./room-news.ts";

/** The room after what the commits say of it. `isNews`: the snapshot says something new of it, too. */
export function withIntent(row: Room, given: RoomNewsGiven & { readonly isNews: boolean }): Room {
  const { intent, history, news, before, isNews } = given;
  if (news.kind === "gone") return row;
  const heard = intent !== undefined && (intent.touched || intent.ignored.length > 0);
  const oid = news.kind === "problem" ? null : (row.head?.specOid ?? null);
  const was = dryRunBefore(row, given);
  const next = nextDryRun(was, intent, {
    history,
    oid,
    inputsChanged: news.kind === "inputs" && news.isOld !== true && isOther(row, before),
  });
  const { rehearsals } = row;
  const again = history === "rewritten" ? rehearsals.find((one) => one.oid === oid) : undefined;
  const dryRun = next ?? (again === undefined ? null : toDryRun(again));
  const ended = endedRehearsal(was, { dryRun, intent, before });
  return {
    ...row,
    dryRun,
    ...(ended === null ? {} : { rehearsals: [ended, ...rehearsals].slice(0, MOST_REHEARSALS) }),
    dryRunLeft: null,
    intentIgnored: heard ? intent.ignored : isNews ? [] : row.intentIgnored,
    versionConfirmed:
      intent?.confirmedByName === true && row.head !== null ? row.head.digest : confirmedStill(row),
  };
}

/** Dry runs that are remembered of a room. */
const MOST_REHEARSALS = 10;

/** A dry run that ends because other inputs came, and not by a person: if a forced push brings its spec back, it counts again. */
function endedRehearsal(
  was: Room["dryRun"],
  { dryRun, intent, before }: Pick<Room, "dryRun"> & Pick<RoomNewsGiven, "intent" | "before">,
): (DryRun & { readonly oid: string }) | null {
  const isNamed = intent?.dryRun.kind === "off" && intent.dryRun.byName === true;
  const oid = was?.oid ?? before?.head?.specOid;
  if (was === null || was.commit === dryRun?.commit || isNamed || oid === undefined) return null;
  return { ...toDryRun(was), oid };
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
