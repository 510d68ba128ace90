import { joined } from "../kernel/joined.ts";
import type { Quarantine } from "./quarantine.ts";
import type { Reason } from "../status/reasons.ts";

/** What was rolled back and what was not, as a message. */
export function undoText({ undone, notUndone, pending }: Quarantine): string {
  const all = undone.length + notUndone.length + pending.length;
  const parts = [`${undone.length} of ${all} applied change${all === 1 ? "" : "s"} rolled back`];
  const [first] = notUndone;
  if (first !== undefined) {
    const more = notUndone.length > 1 ? ` and ${notUndone.length - 1} more` : "";
    parts.push(`${first.action} ${first.item} was not (${first.reason}: ${first.message})${more}`);
  }
  if (pending.length > 0) parts.push(`${pending.length} still to be rolled back`);
  return parts.join(", ");
}

/** How a person has quarantined inputs tried again. */
export function howToRetry(roomId: string): string {
  return `push a commit that changes the room's inputs, or send POST /apply {"roomId": ${JSON.stringify(roomId)}} to try the same again`;
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
      `${revision} was rolled back: ${message}`,
      undoText(quarantine),
      howToRetry(roomId),
    ]),
  };
}
