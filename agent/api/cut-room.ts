import { ListPager, type Page } from "../plan/cut-lists.ts";
import { cutName, cutNames, SHOWN_ENTRIES } from "../plan/cut-names.ts";
import { cutDiff, cutRefusals } from "./cut-diff.ts";
import type { RoomAnswer } from "./status-contract.ts";

/**
 * A room with its names cut, and one page of each of its lists. `cutLists` says of each list with more entries how many it
 * has; absent where nothing is left out. Pure.
 */
export function cutRoom(room: RoomAnswer, page: Page): RoomAnswer {
  if (isPlain(room)) return room;
  const pager = new ListPager(page);
  const { pendingDiff, quarantine, confirmations } = room;
  const undo = <T>(name: string, all: readonly T[]) => pager.show(`quarantine.${name}`, all);
  const whole: RoomAnswer = {
    ...room,
    pendingDiff: pendingDiff === null ? null : cutDiff(pendingDiff, "pendingDiff", pager),
    blocked: pager
      .show("blocked", room.blocked)
      .map((each) => ({ ...each, item: cutName(each.item) })),
    wouldRemove: cutNames(pager.show("wouldRemove", room.wouldRemove)),
    refusals: cutRefusals(room.refusals, pager),
    ...(confirmations === undefined
      ? {}
      : {
          confirmations: confirmations.map((each, at) => ({
            ...each,
            items: cutNames(pager.show(`confirmations[${at}].items`, each.items)),
          })),
        }),
    quarantine:
      quarantine === null
        ? null
        : {
            ...quarantine,
            undone: undo("undone", quarantine.undone),
            notUndone: undo("notUndone", quarantine.notUndone),
            pending: undo("pending", quarantine.pending),
          },
  };
  return { ...whole, ...pager.cutLists };
}

/** Characters that the lists of all rooms together may have in `/status`. */
export const STATUS_LISTS_LENGTH = 2 * 1024 * 1024;

/** How many entries of each list are shown, most first. */
const COUNTS = [SHOWN_ENTRIES, 10, 2, 0] as const;

/** All rooms, each with the same number of entries of each list: as many as their sum allows. Pure. */
export function cutRooms(rooms: readonly RoomAnswer[]): readonly RoomAnswer[] {
  for (const count of COUNTS) {
    const cut = withCount(rooms, count);
    if (cut !== null) return cut;
  }
  return [];
}

/** Null as soon as the lists take more than they may; without entries they always fit. */
function withCount(rooms: readonly RoomAnswer[], count: number): readonly RoomAnswer[] | null {
  const shown: RoomAnswer[] = [];
  let length = 0;
  for (const room of rooms) {
    const cut = cutRoom(room, { offset: 0, count });
    shown.push(cut);
    if (count === 0 || cut === room) continue;
    const { pendingDiff, blocked, wouldRemove, refusals, quarantine, confirmations = [] } = cut;
    const lists = [pendingDiff, blocked, wouldRemove, refusals, quarantine, confirmations];
    length += JSON.stringify(lists).length;
    if (length > STATUS_LISTS_LENGTH) return null;
  }
  return shown;
}

/** Most rooms have no list to cut, and `/status` shows all of them. */
function isPlain({
  pendingDiff,
  quarantine,
  blocked,
  refusals,
  confirmations = [],
}: RoomAnswer): boolean {
  const lists = blocked.length + refusals.length + confirmations.length;
  return pendingDiff === null && quarantine === null && lists === 0;
}
