import { cutName, cutNames } from "../plan/cut-names.ts";
import type { RoomAnswer } from "./status-contract.ts";

type CutList = NonNullable<RoomAnswer["cutLists"]>[number];

/**
 * A room with its names cut, and at most `most` entries in each list of names. `cutLists` says of each longer list how many
 * entries it has; absent where nothing is left out. Pure.
 */
export function cutRoom(room: RoomAnswer, most: number): RoomAnswer {
  if (isPlain(room)) return room;
  const cut: CutList[] = [];
  const shown = <T>(list: string, all: readonly T[]): readonly T[] => {
    if (all.length > most) cut.push({ list, shown: most, total: all.length });
    return all.slice(0, most);
  };
  const { pendingDiff, quarantine } = room;
  const whole: RoomAnswer = {
    ...room,
    pendingDiff: pendingDiff === null ? null : cutDiff(pendingDiff, shown),
    blocked: shown("blocked", room.blocked).map((each) => ({ ...each, item: cutName(each.item) })),
    wouldRemove: cutNames(shown("wouldRemove", room.wouldRemove)),
    refusals: room.refusals.map((refusal, at) => ({
      ...refusal,
      items: cutNames(shown(`refusals[${at}].items`, refusal.items)),
    })),
    quarantine:
      quarantine === null
        ? null
        : {
            ...quarantine,
            undone: shown(undoList("undone"), quarantine.undone),
            notUndone: shown(undoList("notUndone"), quarantine.notUndone),
            pending: shown(undoList("pending"), quarantine.pending),
          },
  };
  return cut.length === 0 ? whole : { ...whole, cutLists: cut };
}

function undoList(name: "undone" | "notUndone" | "pending"): string {
  return `quarantine.${name}`;
}

/** Most rooms have no list to cut, and `/status` shows all of them. */
function isPlain({ pendingDiff, quarantine, blocked, refusals }: RoomAnswer): boolean {
  return pendingDiff === null && quarantine === null && blocked.length + refusals.length === 0;
}

function cutDiff(
  diff: NonNullable<RoomAnswer["pendingDiff"]>,
  shown: <T>(list: string, all: readonly T[]) => readonly T[],
): NonNullable<RoomAnswer["pendingDiff"]> {
  const names = (list: string, all: readonly string[]) =>
    cutNames(shown(`pendingDiff.${list}`, all));
  return {
    toJoin: names("toJoin", diff.toJoin),
    toUpdate: names("toUpdate", diff.toUpdate),
    toKick: names("toKick", diff.toKick),
    toSeed: names("toSeed", diff.toSeed),
    toPromote: names("toPromote", diff.toPromote),
    toDelete: names("toDelete", diff.toDelete),
    toSetPolicies: names("toSetPolicies", diff.toSetPolicies),
    toEnsure: names("toEnsure", diff.toEnsure),
    blocked: shown("pendingDiff.blocked", diff.blocked).map(({ item, reason }) => ({
      item: cutName(item),
      reason,
    })),
    items: diff.items.map((each) => ({ ...each, item: cutName(each.item) })),
    moreItems: diff.moreItems,
  };
}
