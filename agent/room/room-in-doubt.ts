import type { Item } from "../plan/item.ts";
import type { Doubt } from "./doubt.ts";
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

/** What is in doubt of all rooms once the agent is given another RoomServer. */
export function otherServer(from: string, to: string, at: string): Doubt {
  const message = `RoomServer.BaseUrl was ${from} and is ${to} since ${at}, and the room was not verified there yet`;
  return { message, isAll: true };
}

/** What of the room is not in doubt. */
export function undoubted(
  { isAll }: Doubt,
  { inventory }: Pick<Room, "inventory">,
): ReadonlySet<Item> {
  return new Set(isAll ? [] : inventory);
}
