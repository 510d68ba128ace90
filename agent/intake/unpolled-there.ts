import { withoutConfirm, type CommitWords } from "../intent/commit-words.ts";
import { NOT_POLLED_THERE } from "../intent/ignored-reasons.ts";
import type { ServerMove } from "../room/room-in-doubt.ts";
import type { SourceRow } from "../room/rows.ts";

/** Absent, or null: the RoomServer was always the same. */
type OfServer = { readonly serverMove?: ServerMove | null };

/**
 * The same words where commits come with the first poll of their source that went well since the agent was given another RoomServer:
 * none of them confirms anything, because whoever wrote it may have looked at a plan of the old one. A pass may have read the new one
 * before that poll, so what is known of the rooms does not say it. Labels confirm a plan that was made there.
 */
export function withoutUnpolledConfirms(
  words: readonly CommitWords[],
  { row, serverMove = null }: OfServer & { readonly row: Pick<SourceRow, "polledSinceMove"> },
): readonly CommitWords[] {
  if (serverMove === null || row.polledSinceMove === serverMove.since) return words;
  return words.map((one) => withoutConfirm(one, NOT_POLLED_THERE(serverMove)));
}

/** What the row of a source notes once a poll went well. */
export function polledThere({ serverMove }: OfServer): Pick<SourceRow, "polledSinceMove"> {
  return serverMove == null ? {} : { polledSinceMove: serverMove.since };
}
