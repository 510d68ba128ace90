import { toItem, type Item } from "./item.ts";
import type { RoomState } from "./room-state.ts";

/**
 * Why a read cannot be believed. `otherRoom`: it names another room. `empty`: it shows nothing of what was put there, nor
 * anything else. `foreign`: it shows only other things. `incomplete`: more than half of what was put there is missing.
 */
export type SuspicionKind = "otherRoom" | "empty" | "foreign" | "incomplete";

/**
 * Judges one read of a room against the entities and artifacts that this agent put there and did not remove (L5); null when it
 * can be believed. Exactly half missing can. A room that this agent put nothing into has nothing to be judged by but its name.
 */
export function suspicionOf(
  observed: RoomState,
  known: { readonly roomId: string; readonly inventory: readonly Item[] },
): SuspicionKind | null {
  if (observed.roomId !== known.roomId) return "otherRoom";
  const expected = presentItems(known.inventory);
  const lost = lostItems(observed, expected);
  if (lost.length * 2 <= expected.length) return null;
  if (lost.length < expected.length) return "incomplete";
  return observedItems(observed).length === 0 ? "empty" : "foreign";
}

/** The entities and artifacts among these items: what a read shows to be there or not. */
export function presentItems(items: readonly Item[]): readonly Item[] {
  return items.filter((item) => item.startsWith("entity/") || item.startsWith("artifact/"));
}

/** The entities and artifacts of a read, in its order. */
export function observedItems({ entities, artifacts }: RoomState): readonly Item[] {
  return [
    ...entities.map(({ id }) => toItem("entity", id)),
    ...artifacts.map(({ name }) => toItem("artifact", name)),
  ];
}

/** The entities and artifacts among `items` that a read does not show. */
export function lostItems(observed: RoomState, items: readonly Item[]): readonly Item[] {
  const there = new Set(observedItems(observed));
  return presentItems(items).filter((item) => !there.has(item));
}
