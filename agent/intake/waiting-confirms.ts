import { isOfOther } from "../room/withdrawals.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import type { IntakeDeps } from "./intake-deps.ts";

/**
 * The confirmations that wait and that commits of a source may end: those of its own commits, and those of rooms that it has or
 * whose file it removed, but for what counts at another source.
 */
export async function waitingConfirms(
  source: string,
  { store, owners, steady }: Pick<IntakeDeps, "store" | "owners" | "steady">,
): Promise<readonly ConfirmationRow[]> {
  const rows = await store.readConfirmations(null, steady.nowMs());
  const isOwn = (roomId: string) => {
    const owner = owners.get(roomId);
    if (owner === null) return owners.factOf(roomId)?.prunedBy === source;
    return owner.kind === "git" && owner.source === source;
  };
  return rows.filter(
    (row) => row.source === source || (isOwn(row.roomId) && !isOfOther(row, source)),
  );
}
