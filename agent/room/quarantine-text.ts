import { joined } from "../kernel/joined.ts";
import { legible, listed } from "../kernel/shortened.ts";
import type { Item } from "../plan/item.ts";
import type { ChangeKept, Quarantine } from "./quarantine.ts";
import type { Reason } from "../status/reasons.ts";

/** What was rolled back and what was not, as a message. */
export function undoText({ undone, notUndone, pending }: Quarantine): string {
  const all = undone.length + notUndone.length + pending.length;
  const parts: string[] = [];
  const [first] = notUndone;
  if (first === undefined || undone.length > 0)
    parts.push(`${undone.length} of ${all} applied change${all === 1 ? "" : "s"} rolled back`);
  if (first !== undefined) {
    const more = notUndone.length > 1 ? ` and ${notUndone.length - 1} more` : "";
    parts.push(
      `not rolled back: ${first.action} ${legible(first.item)} (${first.reason}: ${first.message})${more}`,
    );
  }
  if (pending.length > 0) parts.push(`${pending.length} still to be rolled back`);
  return parts.join(", ");
}

/** The entities that neither the pass nor its rollback could join again. */
export function outOfRoom({ notUndone }: Pick<Quarantine, "notUndone">): readonly Item[] {
  return notUndone.filter(({ reason }) => reason === "OutOfRoom").map(({ item }) => item);
}

/** The same in words; empty: none. */
export function outText(quarantine: Quarantine): string {
  const items = outOfRoom(quarantine);
  if (items.length === 0) return "";
  const verb = items.length === 1 ? "is" : "are";
  return `${listed(items, { max: 5 })} ${verb} out of the room until a join succeeds`;
}

/** The quarantine after a pass that left these items to be joined: who is back is not out any more. */
export function withReturned(quarantine: Quarantine, toJoin: ReadonlySet<Item>): Quarantine {
  const isBack = ({ reason, item }: ChangeKept) => reason === "OutOfRoom" && !toJoin.has(item);
  const back = quarantine.notUndone.filter(isBack);
  if (back.length === 0) return quarantine;
  const undone = back.map(({ action, item }) => ({ action, item }));
  return {
    ...quarantine,
    undone: [...quarantine.undone, ...undone],
    notUndone: quarantine.notUndone.filter((change) => !isBack(change)),
  };
}

/** How a person has quarantined inputs tried again. */
export function howToRetry(roomId: string): string {
  return `change the room's spec or seeds, or send POST /apply {"roomId": ${JSON.stringify(roomId)}} to try the same again`;
}

/** Why the newest spec is not applied. */
export function quarantineProblem(
  roomId: string,
  quarantine: Quarantine,
): { readonly reason: Reason; readonly message: string } {
  const { revision, message } = quarantine;
  return {
    reason: "Quarantined",
    message: joined([
      outText(quarantine),
      `${revision} was rolled back: ${message}`,
      undoText(quarantine),
      howToRetry(roomId),
    ]),
  };
}
