import type { ConfirmationRow, SourceRow } from "../room/rows.ts";
import type { Room } from "../room/room.ts";
import { commitOf } from "../room/revision.ts";
import { confirmingCommit, isOfOther } from "../room/withdrawals.ts";
import { ownerOnRecord } from "../room/judge-owner.ts";
import type { IntakeDeps } from "./intake-deps.ts";

export type WaitingDeps = Pick<IntakeDeps, "store" | "owners" | "steady" | "mayManage">;

/** The confirmations that wait and that commits of a source may end. */
export interface WaitingConfirms {
  /** They counted at the head before, so what is built on that head has their commits. */
  readonly followed: readonly ConfirmationRow[];
  /** Whether the head has their commits is still to be shown. */
  readonly unfollowed: readonly UnfollowedConfirm[];
}

export interface UnfollowedConfirm {
  readonly row: ConfirmationRow;
  /** The commit on which the head has to be built, and after which no other may give back what the row covers. */
  readonly since: string;
  /** Where the file of the room was last. */
  readonly path: string | null;
}

/**
 * The confirmations of a source's own commits, and those of rooms that it has or whose file it removed, but for what counts at another
 * source. A source without a head before has followed none of them. Nor did it follow those of rooms that the configuration took from
 * their source, and that it may take over: it may be that source under another name.
 */
export async function waitingConfirms(
  { name, observedHead }: Pick<SourceRow, "name" | "observedHead">,
  { store, owners, steady, mayManage }: WaitingDeps,
): Promise<WaitingConfirms> {
  const rows = await store.readConfirmations(null, steady.nowMs());
  const isOwn = (roomId: string) => {
    const owner = owners.get(roomId);
    if (owner === null) return owners.factOf(roomId)?.prunedBy === name;
    return owner.kind === "git" && owner.source === name;
  };
  const own = rows.filter(
    (row) => row.source === name || (isOwn(row.roomId) && !isOfOther(row, name)),
  );
  const isFree = ({ roomId }: ConfirmationRow) =>
    owners.factOf(roomId)?.lost === true && mayManage(name, roomId);
  const followed = observedHead === null ? [] : own.filter((row) => !isFree(row));
  const known = new Set(followed);
  const asked = new Set([...own, ...rows.filter(isFree)]);
  const others = [...asked].filter((row) => !known.has(row));
  const unfollowed = await Promise.all(others.map((row) => toUnfollowed(row, store)));
  return { followed, unfollowed: unfollowed.filter((one) => one !== null) };
}

async function toUnfollowed(
  row: ConfirmationRow,
  store: Pick<WaitingDeps["store"], "readRoom">,
): Promise<UnfollowedConfirm | null> {
  const room = await store.readRoom(row.roomId);
  const owner = room === null ? null : ownerOnRecord(room);
  const path = owner?.kind === "git" ? owner.path : null;
  const since = confirmingCommit(row) ?? newestChange(room);
  return since === null ? null : { row, since, path };
}

/** The head at which the room's inputs changed last: what a request confirms was not given back up to there. Null: they were posted. */
function newestChange(room: Room | null): string | null {
  const { head = null } = room ?? {};
  return head === null || head.path === null ? null : commitOf(head.revision);
}
