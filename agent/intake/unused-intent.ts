import { confirmationId, type Confirmation, hasUnused } from "../room/confirmations.ts";
import { ALREADY_USED } from "../intent/commit-words.ts";
import type { RoomIntent } from "../intent/room-intent.ts";
import type { Store } from "../store/store.ts";

/** How many lines are reported for a room; all of them say the same. */
const REPORTED_LINES = 5;

/**
 * The intent without what the same commits confirmed in this room before, be it under another name of the source: a commit
 * confirms once. What is used up is reported in the room; the rest is unchanged.
 */
export async function unusedIntent(
  roomId: string,
  intent: RoomIntent | undefined,
  { store }: { readonly store: Pick<Store, "readConfirmation"> },
): Promise<RoomIntent | undefined> {
  if (intent === undefined || intent.confirmations.length === 0) return intent;
  const fresh: Confirmation[] = [];
  const used: Confirmation[] = [];
  for (const confirmation of intent.confirmations) {
    const known = await store.readConfirmation(confirmationId(roomId, confirmation));
    if (known === null) fresh.push(confirmation);
    else if (!hasUnused(known)) used.push(confirmation);
  }
  const lines = used.slice(-REPORTED_LINES).map(({ originId, commit, line, named }) => ({
    commit: commit ?? originId,
    line: line ?? (named ? `Confirm: ${roomId}` : "Confirm: true"),
    reason: ALREADY_USED,
  }));
  return { ...intent, confirmations: fresh, ignored: [...intent.ignored, ...lines] };
}
