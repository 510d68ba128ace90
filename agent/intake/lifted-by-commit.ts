import { dryRunProblem } from "../room/dry-run-text.ts";
import type { Room } from "../room/room.ts";
import { withIntent } from "./intent-in-room.ts";
import type { RoomNewsGiven } from "./room-news.ts";

/** The room before what commits say of it (`fresh`) and after (`row`). */
export interface Intended {
  readonly fresh: Room;
  readonly row: Room;
  readonly given: RoomNewsGiven & { readonly isChanged: boolean };
}

/**
 * What a commit lifts at once by naming the room in `Confirm`, by the reasons that the room would have without it. Removals are in
 * confirmations, and what only a plan shows is in `confirmedHead`. `dryRun`: see `endedDryRun`.
 */
export function liftedByCommit(
  { row, given }: Intended,
  dryRun: Room["dryRun"],
): readonly string[] {
  const { news, intent } = given;
  const emptied = news.kind === "gone" && news.emptied === true && intent?.confirmedByName === true;
  return [
    ...(emptied ? ["SourceEmptied"] : []),
    ...(dryRun === null ? [] : [dryRunProblem({ ...row, dryRun }).reason]),
  ];
}

/** The dry run that the room would be without a `Confirm`. One that a commit ended before is none: `confirmedDryRuns` names it. */
export function endedDryRun({ fresh, row, given }: Intended): Room["dryRun"] {
  const { intent } = given;
  if (intent?.naming === undefined || row.dryRun !== null) return null;
  const { dryRun } = intent.naming;
  return withIntent(fresh, { ...given, intent: { ...intent, dryRun } }).dryRun;
}
