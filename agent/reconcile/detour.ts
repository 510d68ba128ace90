import { removedItems } from "../plan/removals.ts";
import type { Item } from "../plan/item.ts";
import type { Action } from "../plan/plan.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import type { IntentState, RoomRow } from "../store/rows.ts";

type Detour = RoomRow["detour"];

/** `nowMs` by the steady clock; what a room was before it left counts for so long after it has converged elsewhere. */
export interface DetourTime {
  readonly nowMs: number;
  readonly expiresAfterMs: number;
}

/** The detour of a room while it counts: as long as the room has not converged under the other head, and a while longer. */
export function livingDetour(
  { detour, rewritten }: Pick<RoomRow, "detour" | "rewritten">,
  { nowMs, expiresAfterMs }: DetourTime,
): Detour {
  if (detour === null || rewritten !== null) return detour;
  return nowMs < Date.parse(detour.since) + expiresAfterMs ? detour : null;
}

/** True when the branch is back at the head that a mark or detour came from. */
export function isBack(
  mark: { readonly from: string } | null,
  returnedTo: readonly string[],
): boolean {
  return mark !== null && returnedTo.includes(mark.from);
}

/** What the agent has added to the room since the branch left, after these actions. */
export function detourAfterActions(
  detour: Detour,
  ended: readonly { readonly action: Action; readonly state: IntentState }[],
): Detour {
  if (detour === null) return null;
  const added = new Set(detour.added);
  for (const { action, state } of ended) {
    if (state !== "done") continue;
    const isNew =
      action.kind === "join" || (action.kind === "seed" && action.previous === undefined);
    if (isNew) added.add(action.item);
    if (action.kind === "kick" || action.kind === "delete") added.delete(action.item);
  }
  const isSame =
    added.size === detour.added.length && detour.added.every((item) => added.has(item));
  return isSame ? detour : { ...detour, added: [...added].sort() };
}

/** The detour after a pass: one that began or ended while the pass ran stands. */
export function detourAfterPass(now: Detour, after: Detour): Detour {
  return now === null || after === null || now.since !== after.since ? now : after;
}

/** What the agent added while the branch was away and the spec does not name: to be removed without a question. */
export function itemsToTakeBack(detour: Detour, spec: RoomSpec | null): readonly Item[] {
  if (detour === null || spec === null) return [];
  const named = new Set(removedItems(spec, null));
  return detour.added.filter((item) => !named.has(item));
}
