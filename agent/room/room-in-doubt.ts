import type { Item } from "../plan/item.ts";
import type { Doubt } from "./doubt.ts";
import type { ChangeKept, Quarantine } from "./quarantine.ts";
import type { Room } from "./room.ts";
import type { Suspicion } from "./suspicion.ts";

/** What a read began or ended. */
interface News {
  readonly kind: "suspected" | "trusted";
  readonly because?: string;
  readonly suspicion: Suspicion;
}

/** Of what the read did not show, and of what it showed instead: less is what a person changes by hand. */
const SEVERAL = 2;

/**
 * Why what the room holds may be that of others after a read; null: it is not in doubt. A read that showed several other things and none
 * of several that the agent put there may be of another room, and what it shows afterwards is there only since the agent joined it again:
 * the second read decides nothing about the others.
 */
export function doubtAfter(
  { inDoubt = null }: Pick<Room, "inDoubt">,
  { news }: { readonly news: readonly News[] },
): Doubt | null {
  if (inDoubt !== null) return inDoubt;
  for (const one of news) {
    if (one.kind !== "trusted" || one.because !== "asKnown") continue;
    const { kind, message, missing = 0, shown = 0, since } = one.suspicion;
    if (kind === "foreign" && missing >= SEVERAL && shown >= SEVERAL)
      return { message: `At ${since} ${message}: it may have been another room`, isAll: false };
  }
  return null;
}

/** From which RoomServer to which, by their addresses, and since when (ISO time). */
export interface ServerMove {
  readonly from: string;
  readonly to: string;
  readonly since: string;
}

/** What is in doubt of all rooms once the agent is given another RoomServer. */
export function otherServer({ from, to, since }: ServerMove): Doubt {
  const message = `RoomServer.BaseUrl was ${from} and is ${to} since ${since}, and the room was not verified there yet`;
  return { message, isAll: true };
}

/**
 * The room as it is known once the agent is given another RoomServer. What was shown of the old one confirms nothing on the new one,
 * and plans there have names of their own. A rollback that was cut off ends: what it was to undo was done on the old one.
 */
export function onOtherServer(row: Room, move: ServerMove): Room {
  const { takenOut: _out, removing: _removing, ...known } = row;
  return {
    ...known,
    ...(row.pruning == null
      ? {}
      : { pruning: { ...row.pruning, missing: [], missingSince: null } }),
    ...(mayHoldOthers(row) ? { inDoubt: otherServer(move) } : {}),
    ...(row.reviewed == null ? {} : { reviewed: null }),
    ...(row.planConfirmed == null ? {} : { planConfirmed: null }),
    confirmedRequests: row.confirmedRequests + 1,
    quarantine: withoutPending(row.quarantine, move),
    detour: row.detour === null ? null : { ...row.detour, added: [] },
    refusals: [],
    pendingDiff: null,
    pendingPlan: null,
    suspicion: null,
  };
}

/** Whether something in the room could be taken for the agent's own. */
function mayHoldOthers({ verifiedBefore, inventory }: Room): boolean {
  return verifiedBefore || inventory.length > 0;
}

function withoutPending(before: Quarantine | null, { from, to, since }: ServerMove) {
  if (before === null || before.pending.length === 0) return before;
  const message = `RoomServer.BaseUrl was ${from} and is ${to} since ${since}, before a read showed that it was undone: look into the room on ${from}`;
  const kept = before.pending.map(({ of: { kind: action, item } }): ChangeKept => ({
    action,
    item,
    reason: "RoomServerChanged",
    message,
  }));
  return { ...before, notUndone: [...before.notUndone, ...kept], pending: [] };
}

/** What of the room is not in doubt. */
export function undoubted(
  { isAll }: Doubt,
  { inventory }: Pick<Room, "inventory">,
): ReadonlySet<Item> {
  return new Set(isAll ? [] : inventory);
}
