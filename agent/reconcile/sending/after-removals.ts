import { toIso } from "../../kernel/clock.ts";
import type { Item } from "../../plan/item.ts";
import { missingAfter } from "../../room/missing.ts";
import { withRemoved } from "../../room/prune-progress.ts";
import { removingOf } from "../../room/removing.ts";
import type { Room } from "../../room/room.ts";
import { takesOut, type EndedIntent } from "./end-intents.ts";

/** How the actions of an attempt ended, and what they leave of the inventory. `nowMs`: the time that things expire by. */
export interface Removals {
  readonly ended: readonly EndedIntent[];
  readonly inventory: readonly Item[];
  readonly nowMs: number;
}

/** The room with that inventory, and with what of it was removed by an answer alone. */
export function afterRemovals(row: Room, removals: Removals): Room {
  return { ...withRemoved(row, removals.inventory), ...removingAfter(row, removals) };
}

/** What of an inventory was removed by an answer alone. */
export function removingAfter(
  { removing = null }: Pick<Room, "removing">,
  { ended, inventory, nowMs }: Removals,
): Pick<Room, "removing"> {
  const unseen = ended.filter(({ isUnseen }) => isUnseen);
  const fresh = unseen.map(({ action }) => action.item);
  const added = ended.filter(({ action, state }) => state === "done" && !takesOut(action));
  const back = new Set(added.map(({ action }) => action.item));
  const items = removingOf({ removing, inventory }).filter((item) => !back.has(item));
  if (fresh.length > 0) {
    const known = new Set(fresh);
    const shown = (removing?.shown ?? []).filter((item) => !known.has(item));
    const missed = unseen.filter(({ isMissed }) => isMissed).map(({ action }) => action.item);
    const before = removing?.missing ?? null;
    const all = [...new Set([...(before?.items ?? []), ...missed])];
    const missing = missed.length === 0 ? before : missingAfter(null, all, nowMs);
    const left = {
      items: [...new Set([...items, ...fresh])],
      at: toIso(nowMs),
      ...(missing === null ? {} : { missing }),
    };
    return { removing: shown.length === 0 ? left : { ...left, shown } };
  }
  if (removing === null) return {};
  return { removing: items.length === 0 ? null : { ...removing, items } };
}
