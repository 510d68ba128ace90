import type { Item } from "../../agent/plan/item.ts";
import { outOfRoom } from "../../agent/room/quarantine-text.ts";
import type { Room } from "../../agent/room/room.ts";
import type { IntentRow } from "../../agent/room/rows.ts";
import { differences, type Holding, type RoomLaw, type Wish } from "./model-law.ts";

/** Whether a room that is not as `wish` says may stay so: somebody else changed it, and its policy leaves that alone. */
export function mayDiffer(wish: Wish | null): boolean {
  return wish !== null && wish.drift !== "correct";
}

/** Writes of a pass that nobody asked for, against drift that the room's policy leaves alone. */
export function wrongCorrections(
  [intent]: readonly IntentRow[],
  given: {
    readonly items: readonly Item[];
    readonly wish: Wish | null;
    readonly row: Room | null;
    readonly law: RoomLaw;
    readonly nowMs: number;
  },
): readonly string[] {
  const { items, wish, row, law, nowMs } = given;
  if (intent === undefined || wish === null || row === null || !mayDiffer(wish)) return [];
  const { verified, attemptedRevision, head, enforced } = row;
  const inputs = [head, enforced].find((one) => one?.revision === intent.revision);
  const isSame = verified !== null && inputs?.digest === verified.digest;
  const isTried = attemptedRevision !== null && attemptedRevision !== verified?.revision;
  if (!isSame || isTried || intent.correlationId.startsWith("ask-")) return [];
  // What the agent took out itself and could not put back is no drift.
  const out = new Set<string>(row.quarantine === null ? [] : outOfRoom(row.quarantine));
  const unasked = items.filter((item) => !law.covers(item, nowMs, { wish }) && !out.has(item));
  return unasked.map((item) => `corrects ${item}, of policy ${wish.drift}`);
}

/** Entities that differ and that a room which reports its drift does not name; where it shows the plan of other inputs, its head's, the condition does. */
export function wrongReport(
  { conditions, pendingDiff, pendingPlan, verified }: Room,
  { wish, seen }: { readonly wish: Wish | null; readonly seen: Holding },
): readonly string[] {
  const drifted = conditions.find(({ type }) => type === "Drifted");
  if (drifted?.reason !== "DriftReported" || wish === null) return [];
  if (wish.drift === "off") return ["reports drift that is not looked at"];
  if (wish.revision !== verified?.revision) return [];
  const isOther = pendingPlan !== null && pendingPlan.inputs !== verified.digest;
  const listed = pendingDiff?.items.map(({ item }) => item) ?? [];
  const isNamed = (item: Item) => (isOther ? isIn(drifted.message, item) : listed.includes(item));
  return differences(wish, seen)
    .filter((item) => item.startsWith("entity/") && !isNamed(item))
    .map((item) => `does not report the drift of ${item}`);
}

/** A message names the first few of many. */
function isIn(message: string, item: Item): boolean {
  return message.includes(` in all)`) || new RegExp(`${item}\\b`, "u").test(message);
}
