import { nextDryRun } from "../intent/next-dry-run.ts";
import type { RoomRow } from "../store/rows.ts";
import type { RoomNewsGiven } from "./room-news.ts";

/** The room after what the commits say of it. `isNews`: the snapshot says something new of it, too. */
export function withIntent(
  row: RoomRow,
  given: RoomNewsGiven & { readonly isNews: boolean },
): RoomRow {
  const { intent, history, news, before, isNews } = given;
  if (news.kind === "gone") return row;
  const heard = intent !== undefined && (intent.touched || intent.ignored.length > 0);
  return {
    ...row,
    dryRun: nextDryRun(dryRunBefore(row, given), intent, {
      history,
      oid: news.kind === "problem" ? null : (row.head?.specOid ?? null),
      inputsChanged: news.kind === "inputs" && news.isOld !== true && isOther(row, before),
    }),
    ...(row.dryRunLeft === undefined ? {} : { dryRunLeft: null }),
    intentIgnored: heard ? intent.ignored : isNews ? [] : row.intentIgnored,
    versionConfirmed:
      intent?.confirmedByName === true && row.head !== null
        ? row.head.digest
        : row.versionConfirmed,
  };
}

/** A posted spec says nothing of what the file was before. */
function isOther({ head }: RoomRow, before: RoomRow | null): boolean {
  return before?.overridden === true || before?.head?.digest !== head?.digest;
}

/** A room keeps its dry run, whoever gets it; what its source asked for before it had the room, or had it back, is newer. */
function dryRunBefore(row: RoomRow, { before, asked }: RoomNewsGiven): RoomRow["dryRun"] {
  return asked ?? row.dryRun ?? before?.dryRunLeft ?? null;
}
