import { removedItems } from "../plan/removals.ts";
import type { Item } from "../plan/item.ts";
import type { Action } from "../plan/plan.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import { commitOf } from "./revision.ts";
import type { RoomPast, Room } from "./room.ts";
import type { IntentState } from "./rows.ts";

type Detour = Room["detour"];

/** True when the head that a mark came from is among these commits. */
export function isBack(
  mark: { readonly from: string } | null,
  returnedTo: readonly string[],
): boolean {
  return mark !== null && returnedTo.includes(commitOf(mark.from));
}

/** What a return gives back, as it is now. */
export function pastOf(row: RoomPast): RoomPast {
  const { head, enforced, enforcedBefore, lineage, appliedVersion, keepsDmVisibility } = row;
  return { head, enforced, enforcedBefore, lineage, appliedVersion, keepsDmVisibility };
}

/** What is enforced, was applied and is kept as before; the newest spec stays, and its line where it is not the one from before. */
export function givenBack(row: Room, past: RoomPast): Omit<RoomPast, "head"> {
  const { head, ...back } = past;
  return { ...back, lineage: row.head?.digest === head?.digest ? past.lineage : row.lineage };
}

/** An action that ended, and what it was sent for. */
export interface EndedAction {
  readonly action: Action;
  readonly state: IntentState;
  /** `isHead` absent: what it was sent for says the revision alone. */
  readonly inputs?: { readonly revision: string; readonly isHead?: boolean } | null;
}

/**
 * What the agent has added to the room for the very head that the branch was moved to, after these actions. What it adds
 * for a later commit, or for what is enforced in place of that head, does not count.
 */
export function detourAfterActions(
  { detour, rewritten, head }: Pick<Room, "detour" | "rewritten" | "head">,
  ended: readonly EndedAction[],
): Detour {
  if (detour === null || rewritten === null) return detour;
  const isAway = head?.revision === rewritten.to;
  const added = new Set(detour.added);
  for (const { action, state, inputs } of ended) {
    if (state !== "done") continue;
    const isForIt = isAway && inputs?.revision === rewritten.to && inputs.isHead !== false;
    const isNew =
      isForIt &&
      (action.kind === "join" || (action.kind === "seed" && action.previous === undefined));
    if (isNew) added.add(action.item);
    if (action.kind === "kick" || action.kind === "delete") added.delete(action.item);
  }
  const isSame =
    added.size === detour.added.length && detour.added.every((item) => added.has(item));
  return isSame ? detour : { ...detour, added: [...added].sort() };
}

interface PassRows {
  readonly before: Room;
  readonly after: Room;
}

/** The detour after a pass that began with the row `before`; of one that began meanwhile, what the pass did was before it. */
export function detourAfterPass(now: Room, { before, after }: PassRows): Detour {
  const { detour } = now;
  if (detour === null) return null;
  if (detour.since === before.detour?.since) return after.detour ?? detour;
  if (detour.past === undefined || before.rewritten !== null) return detour;
  const { head, lineage } = detour.past;
  return { ...detour, past: { ...pastOf(after), head, lineage } };
}

/** A return gave back what the room was while a pass ran that still worked towards the other head. */
export function wasGivenBack(now: Room, before: Room): boolean {
  return before.rewritten !== null && now.rewritten?.since !== before.rewritten.since;
}

/** What the agent added while the branch was away and neither the spec nor one from before names: to be removed without a question. */
export function itemsToTakeBack(
  detour: Detour,
  spec: RoomSpec | null,
  past: readonly (RoomSpec | null)[],
): readonly Item[] {
  if (detour?.past === undefined || spec === null || past.includes(null)) return [];
  const named = new Set([spec, ...past].flatMap((one) => (one ? removedItems(one, null) : [])));
  return detour.added.filter((item) => !named.has(item));
}
