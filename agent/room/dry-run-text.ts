import type { Room } from "./room.ts";

/** Stands for the line of a dry run in doubt, where the messages of the commits were too much to be read. */
export const NOT_READ = "(messages not read)";

/** The same where a spec is back that may have been a dry run that is not remembered any more. */
export const NOT_REMEMBERED = "(dry runs not remembered)";

/** The same where a force-push brought another spec than the one that a dry run was asked for. */
export const IN_PLACE = "(spec in the place of a dry run)";

/** Why a room is a dry run, for its conditions, `heldBackBy` and `explain`. `isEmpty`: its plan has nothing to do. */
export function dryRunProblem(
  { roomId, dryRun }: Pick<Room, "roomId" | "dryRun">,
  { isEmpty = false } = {},
): {
  readonly reason: "DryRun" | "DryRunLookAlike";
  readonly message: string;
} {
  const lookAlike = dryRun?.lookAlike;
  const plan = isEmpty ? "plan is empty" : "plan is in pendingDiff and not carried out";
  if (lookAlike === undefined) {
    const commit = dryRun === null ? "the newest commit" : `commit ${dryRun.commit}`;
    const asks = dryRun?.label === undefined ? commit : `the ${dryRun.label}`;
    const message = `${asks} asks for a dry run; its ${plan}`;
    return { reason: "DryRun", message };
  }
  if (lookAlike.line === NOT_READ) {
    const message = `what the commits up to ${dryRun?.commit ?? ""} say was not read. ${lookAlike.reason}. Its ${plan}`;
    return { reason: "DryRunLookAlike", message };
  }
  if (lookAlike.line === NOT_REMEMBERED || lookAlike.line === IN_PLACE) {
    const message = `${lookAlike.reason}: name the room in \`Confirm: ${roomId}\` of a new commit to apply it. Its ${plan}`;
    return { reason: "DryRunLookAlike", message };
  }
  const message =
    `the line \`${lookAlike.line}\` of commit ${dryRun?.commit ?? ""} looks as if it asked for a dry run, ` +
    `but does not count: ${lookAlike.reason}. The room is held as a dry run; its ${plan}. ` +
    `To carry the plan out, name the room in \`Confirm: ${roomId}\` of a new commit, or change it in one without such a line`;
  return { reason: "DryRunLookAlike", message };
}
