import type { RoomIntent } from "../intent/room-intent.ts";
import { prunable, pendingPrune, pruneInputs } from "../room/prune.ts";
import type { PruneMark } from "../room/prune-mark.ts";
import type { Room } from "../room/room.ts";
import type { RoomNews } from "./room-news.ts";

/** The mark of a room that news leave without a file; null where it is not pruned, or holds nothing of the agent's. */
export function markAfter(
  { inventory }: Pick<Room, "inventory">,
  news: RoomNews,
): PruneMark | null {
  if (news.kind !== "gone" || prunable(inventory).length === 0) return null;
  return news.prune;
}

/**
 * The intent of a room that waits for its prune: naming it in `Confirm`, in the commit that removes the file or in a later one,
 * confirms that all of the inventory goes, and nothing else: not what the room has once it has a spec again.
 */
export function confirmingPrune(
  intent: RoomIntent | undefined,
  row: Room | null,
  news: RoomNews,
): RoomIntent | undefined {
  if (row === null || intent === undefined) return intent;
  // What was to be pruned is not: whoever has the room's spec now reads the same words.
  if (row.owner === null && news.kind === "gone") return { ...intent, confirmations: [] };
  const isWaiting = news.kind === "intentOnly" && row.owner === null;
  const mark = isWaiting ? pendingPrune(row) : markAfter(row, news);
  const said = intent.removal;
  if (mark === null || said === undefined) return intent;
  const confirmation = {
    ...said,
    origin: "commit",
    named: true,
    items: prunable(row.inventory),
    inputs: pruneInputs(row.roomId, mark, row.head).digest,
  } as const;
  const others = intent.confirmations.filter(({ originId }) => originId !== said.originId);
  return { ...intent, confirmations: [...others, confirmation] };
}
