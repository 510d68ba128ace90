import { quoted } from "../kernel/quoted.ts";
import { listed } from "../kernel/shortened.ts";
import type { ServerMove } from "../room/room-in-doubt.ts";

/** Why a word that a commit says does not count for a room, and what to do. */

/** The room that a name means which no room has; undefined: none is near. */
export type MeantBy = (name: string) => string | undefined;

/** For the middle of a sentence about a name that no room has. */
export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? "" : ` (did you mean ${quoted(meant)}?)`;
}

export const DRY_RUN_WINS =
  "the same commit says `Dry-Run` about this room, which wins: say it in a later commit";
export const DRY_RUN_OVERRIDES = `${DRY_RUN_WINS} that changes the room`;
export const OVERRIDES_NOTHING =
  "the commit changes no room of this source: a window is opened for what the very commit changes";
const ON_THE_BRANCH =
  "(MergedCommits: `own`): say it in the merge commit, or in a later commit on the branch";
export const MERGED = {
  confirm: `the commit came in by a merge, where \`Confirm\` counts only for what the commit itself removes, and it removes nothing from the room ${ON_THE_BRANCH}`,
  dryRun: `the commit came in by a merge, where \`Dry-Run\` counts only for rooms that the commit itself changes, and it does not change the room ${ON_THE_BRANCH}`,
} as const;
export const NOT_BY_MERGE =
  "the commit came in by a merge that does not take these items out of the branch: " +
  "name the room in the merge commit, or in a later commit on the branch";
const FOREIGN = (names: readonly string[]) =>
  names.length === 1
    ? `room "${names[0]}" belongs to another source: say it in a commit of that source`
    : `rooms ${listed(names)} belong to other sources: say it in commits of those sources`;
const CLAIMED = (names: readonly string[]) =>
  names.length === 1
    ? `room "${names[0]}" belongs to another source, and a file of this source names it: say it in a new commit once this source has the room`
    : `rooms ${listed(names)} belong to other sources, and files of this source name them: say it in a new commit once this source has the rooms`;
const BARRED = (names: readonly string[]) =>
  `this source may not manage ${listed(names)}: say it in a commit of a source whose AllowedRooms match`;
export const UNKNOWN = (names: readonly string[], meantBy: MeantBy = () => undefined) =>
  names.length === 1
    ? `no room "${names[0]}" belongs to this source${didYouMean(meantBy(names[0] ?? ""))}: check the id against the files' \`roomId\``
    : `no rooms ${listed(names)} belong to this source: check the ids against the files' \`roomId\``;
export const PRUNED_BY_NAME = (roomId: string) =>
  `the commit removes the room's file, and what the agent put into the room goes only once a \`Confirm\` names it: write \`Confirm: ${roomId}\` in a new commit`;

export const REMOVED_UNPRUNED = (roomId: string, why: string) =>
  `the commit removes the room's file, and the room is not pruned${why === "" ? "" : ` (${why})`}: once another file names the room, write \`Confirm: ${roomId}\` in a commit of its source`;
export const REMOVED_UNNAMED = (roomId: string) =>
  `the commit removes the room's file, and \`true\` does not count for a room that another source takes over: write \`Confirm: ${roomId}\` in a commit of that source`;
export const CHANGED_SINCE =
  "a later commit changes the room's file again before its source has the room: name the room in `Confirm` of a new commit that changes the file";
export const NOT_ONE_FILE =
  "the source has not exactly one valid file that names the room, so it cannot take the room over: name the room in `Confirm` of the commit that corrects that";

export const BRINGS_FILE =
  "it confirms no removal: the commit brings the room's file, and what else is in the room was not planned yet. Name the room in a new commit " +
  "once `/status` shows what is refused";
export const NOTHING_REFUSED =
  "it confirms no removal: nothing of the room was refused when this commit was read. Name the room in the commit that removes something, or in a new one " +
  "once `/status` shows what is refused";
export const NOT_PLANNED = (why: string | null) =>
  `it confirms no removal: when this commit was read, there was no plan of the room's newest spec yet${why === null ? "" : ` (${why})`}, so nothing was refused. ` +
  "Say it again once `/status` shows what is refused";

/** `why`: in words, that the room is in doubt. */
export const NOT_READ_THERE = (why: string) =>
  `it confirms no removal: ${why}, nor read when this commit was. Name the room in a new commit once \`/status\` shows what is refused`;

/** In addresses and an ISO time, the change of the RoomServer. */
export const NOT_POLLED_THERE = ({ from, to, since }: ServerMove) =>
  `it confirms nothing: RoomServer.BaseUrl was ${from} and is ${to} since ${since}, and the commit came with the first poll of its source since then, ` +
  "so it may be about what the old one showed. Name the room in a new commit once `/status` shows what is refused";

/** Why names do not count that this source does not have, by what they are. */
export function whyNotOurs(
  found: Partial<Readonly<Record<"barred" | "claimed" | "foreign" | "unknown", readonly string[]>>>,
  meantBy?: MeantBy,
): readonly string[] {
  const { barred, claimed, foreign, unknown } = found;
  return [
    ...(barred === undefined ? [] : [BARRED(barred)]),
    ...(claimed === undefined ? [] : [CLAIMED(claimed)]),
    ...(foreign === undefined ? [] : [FOREIGN(foreign)]),
    ...(unknown === undefined ? [] : [UNKNOWN(unknown, meantBy)]),
  ];
}
