import { createHash } from "node:crypto";
import type { Item } from "../plan/item.ts";
import { splitItem } from "../plan/item.ts";
import { listed } from "../kernel/shortened.ts";
import type { Pruned, PruneMark } from "./prune-mark.ts";
import type { Room, RoomInputs } from "./room.ts";

type MaybePruned = Pick<Room, "prune" | "pruned">;

/** What is still to be pruned of a room; null: nothing. */
export function pendingPrune({ prune, pruned }: MaybePruned): PruneMark | null {
  if (prune === undefined || prune === null) return null;
  return pruned?.since === prune.since ? null : prune;
}

/** What is said of a room that was pruned and has no spec since; null: it was not. */
export function donePrune({ prune = null, pruned = null }: MaybePruned): string | null {
  return prune !== null && pruned?.since === prune.since ? prunedText(prune, pruned) : null;
}

/** What stands for a spec in the inputs of a prune: the empty one, which no store holds. */
const NO_SPEC = "prune";

/** Whether inputs are those of a prune. */
export function isPrune({ specOid }: Pick<RoomInputs, "specOid">): boolean {
  return specOid === NO_SPEC;
}

/** What a pass that prunes works towards: nothing. Each mark has a digest of its own, so nothing confirmed for one counts for another. */
export function pruneInputs(roomId: string, mark: PruneMark, head: Room["head"]): RoomInputs {
  const { revision, path, author, committedAt } = mark;
  const digest = createHash("sha256")
    .update(JSON.stringify([NO_SPEC, roomId, revision, mark.since]), "utf8")
    .digest("hex");
  return {
    digest,
    specOid: NO_SPEC,
    specDigest: digest,
    specVersion: head?.specVersion ?? 1,
    path,
    seeds: [],
    revision,
    author,
    committedAt,
  };
}

/** The newest inputs of a room: those of its spec, or of the prune that its spec left behind. */
export function newestInputs(room: Pick<Room, "roomId" | "head"> & MaybePruned): Room["head"] {
  const mark = pendingPrune(room);
  return mark === null ? room.head : pruneInputs(room.roomId, mark, room.head);
}

/** Whether these inputs are still the room's newest: no other spec came, and the room was neither orphaned nor forgotten. */
export function isStillNewest(now: Room | null, { digest }: Pick<RoomInputs, "digest">): boolean {
  if (now === null || (now.owner === null && pendingPrune(now) === null)) return false;
  return newestInputs(now)?.digest === digest;
}

/** The room as a pass that prunes sees it: as if its last source still had it, so that all that holds for the source's rooms holds. */
export function asPruned(room: Room): Room {
  const mark = pendingPrune(room);
  if (mark === null || room.owner !== null) return room;
  return { ...room, owner: { kind: "git", source: mark.source, path: mark.path } };
}

/** What of an inventory a prune takes away. A RoomServer has no call that removes a resource, and most policies are just values. */
export function prunable(inventory: readonly Item[]): readonly Item[] {
  return inventory.filter((item) => {
    const { kind, name } = splitItem(item);
    return kind === "entity" || kind === "artifact" || (kind === "policy" && name === CRITICAL);
  });
}

/** Why nothing is pruned where the configuration says so. */
export const PRUNE_OFF = "Prune of its source is off";

const CRITICAL = "dmVisibilityDefault";

/** Why a room waits for its prune, for conditions, audit, log and `explain`. */
export function pruneText(
  mark: PruneMark,
  { roomId, inventory, inDoubt = null }: Pick<Room, "roomId" | "inventory" | "inDoubt">,
): string {
  const items = prunable(inventory);
  const what = items.length === 1 ? "1 item" : `${items.length} items`;
  const isOfOthers = inDoubt !== null && inDoubt.isAll;
  const [whose, stays] = isOfOthers
    ? [" before", `whoever put them there. ${inDoubt.message}`]
    : ["", "what others put there stays"];
  return (
    `${removalText(mark)}: the ${what} that this agent put into the room${whose} (${listed(items)}) will be removed once a person ` +
    `confirms that by the room's name${isOfOthers ? ", " : "; "}${stays}. To keep them, add the spec file again, or send ` +
    `\`DELETE /rooms/${roomId}\`, which forgets the room and leaves it as it is`
  );
}

/** What became of the spec of a room. */
export function removalText({ source, path, commit, revision }: PruneMark): string {
  const by = commit === null ? `in ${revision}` : `by commit ${commit}`;
  return `the spec file ${path} of source "${source}" was removed ${by}`;
}

/** What is said of a room once its prune is done. */
export function prunedText(mark: PruneMark, pruned: Pruned): string {
  const { confirmedBy, confirmedIn } = pruned;
  const by =
    confirmedBy === null ? "" : `; ${confirmedBy} confirmed it in ${confirmedIn ?? "a request"}`;
  return `${removalText(mark)}, and ${doneText(pruned)}${by}. What others put there stays; add the spec file again to manage the room`;
}

function doneText({ removed = 0, found = 0 }: Pruned): string {
  const what = "what this agent had put into the room";
  const unseen = "no read showed it for 5 minutes or more";
  if (found === 0)
    return removed === 0 ? `nothing of ${what} is left` : `${what} was removed (${items(removed)})`;
  if (removed === 0)
    return `${what} (${items(found)}) was found gone: nothing was removed, and ${unseen}`;
  return `of ${what}, ${items(removed)} went by the agent's removals and ${items(found)} was found gone: ${unseen}`;
}

function items(count: number): string {
  return count === 1 ? "1 item" : `${count} items`;
}

/**
 * What is known of a room once its prune has begun: it is not what any spec says any more. A file that comes back is carried out
 * like a new one, and its differences are no drift.
 */
export const PRUNING = {
  enforced: null,
  enforcedBefore: null,
  verified: null,
  verifiedRevision: null,
  verifiedWithout: [],
} satisfies Partial<Room>;
