import { unusedItems } from "../room/confirmations.ts";
import { asPruned } from "../room/prune.ts";
import type { Room } from "../room/room.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import { confirmingCommit, isOfOther } from "../room/withdrawals.ts";
import type { RoomAnswer } from "./status-contract.ts";

type Answer = NonNullable<RoomAnswer["confirmations"]>[number];

/** How many of a room are shown, the newest. */
const MOST_SHOWN = 50;

/** What was confirmed in a room and was not removed yet, oldest first; absent: nothing. `rows`: those of the room that still count. */
export function waitingConfirmations(
  room: Room,
  rows: readonly ConfirmationRow[],
): Pick<RoomAnswer, "confirmations"> {
  if (rows.length === 0) return {};
  // What confirms a prune counts at once, though its source does not have the room any more.
  const known = asPruned(room);
  return { confirmations: rows.slice(-MOST_SHOWN).map((row) => toAnswer(row, known)) };
}

function toAnswer(row: ConfirmationRow, { owner }: Pick<Room, "owner">): Answer {
  const { origin, originId, actor: by, createdAt: since, expiresAt: until, source } = row;
  const commit = origin === "return" ? originId : confirmingCommit(row);
  const isOfOwner =
    source === undefined || !isOfOther(row, owner?.kind === "git" ? owner.source : null);
  return {
    origin,
    commit,
    ...(origin === "request" ? { correlationId: originId } : {}),
    by,
    since,
    until,
    items: unusedItems(row),
    ...(isOfOwner ? {} : { forSource: source }),
  };
}
