import { toIso } from "../kernel/clock.ts";
import type { Room } from "../room/room.ts";
import { givenBack, isBack, pastOf } from "../room/detour.ts";
import { markRewritten, type Rewrite } from "../room/history-mark.ts";
import type { RoomIntakeDeps, RoomNewsGiven } from "./room-news.ts";

interface Marking {
  readonly given: RoomNewsGiven;
  readonly deps: Pick<RoomIntakeDeps, "clock" | "steady">;
  /** False: the room is as it was, whatever the snapshot says of it. */
  readonly isChanged: boolean;
}

/**
 * The room with the mark of a rewritten history, which begins and ends with what it was before. When the branch is back where
 * the mark came from, the room is as it was then, and the mark ends; where that cannot be, the mark stays and keeps holding removals.
 */
export function marked(
  row: Room,
  marking: Marking,
): { readonly row: Room; readonly rewrite: Rewrite | null } {
  const { given, deps } = marking;
  const { before, returnedTo, revision } = given;
  if (before?.rewritten != null && isBack(before.rewritten, returnedTo)) {
    const back = afterReturn(row, given.news);
    const moved = { ...row, rewritten: { ...before.rewritten, to: revision } };
    return { row: back ?? moved, rewrite: null };
  }
  const rewrite = rewriteOf(row, marking);
  if (rewrite === null || before === null) return { row, rewrite: null };
  const begun = {
    from: rewrite.from,
    since: toIso(deps.steady.nowMs()),
    added: [],
    past: pastOf(before),
  };
  const detour = before.rewritten === null ? begun : row.detour;
  return { row: { ...row, rewritten: markRewritten(row.rewritten, rewrite), detour }, rewrite };
}

/** Null: its newest spec cannot be used, is not known to be of the old line, or what the room was is not known. */
function afterReturn(row: Room, news: RoomNewsGiven["news"]): Room | null {
  const past = row.detour?.past;
  if (past === undefined || row.headProblem !== null || row.overridden) return null;
  const isOld = row.head?.digest === past.head?.digest;
  const isUsable = news.kind === "inputs" || (news.kind === "intentOnly" && isOld);
  return isUsable ? { ...row, ...givenBack(row, past), rewritten: null, detour: null } : null;
}

/**
 * Set when the history was rewritten and what this room is to be is not what it was at the head before: other inputs, a
 * file that broke or works again, or none any more. Of a room that is new nothing was there to differ from.
 */
function rewriteOf(after: Room, { given, deps, isChanged }: Marking): Rewrite | null {
  const { history, before, news, previous, revision } = given;
  if (history !== "rewritten" || previous === null || before === null) return null;
  if (news.kind === "intentOnly" || !isChanged) return null;
  const isSame =
    news.kind === "inputs" &&
    before.owner !== null &&
    before.headProblem === null &&
    before.head?.digest === after.head?.digest;
  return isSame ? null : { from: previous, to: revision, at: toIso(deps.clock.nowMs()) };
}
