import { howToConfirm } from "../guardrail/how-to-confirm.ts";
import type { Room } from "../room/room.ts";

/** What allows the removals a room is being refused now, in words a person can follow; null when nothing is to be allowed. */
export function confirmHint(room: Room): string | null {
  // Its condition says how: the same request, or an acknowledgement for all rooms.
  const observed = room.conditions.find(({ reason }) => reason === "ObserveOnly");
  if (observed !== undefined) return observed.message;
  const hint = hintOf(room);
  const suspended = room.conditions.find(({ type }) => type === "Suspended");
  if (hint === null || suspended === undefined) return hint;
  return `${suspended.message}. What waits behind that: ${hint} POST /apply is refused until the suspension has ended`;
}

function hintOf({ roomId, owner, dryRun, refusals }: Room): string | null {
  const refused = refusals.some((refusal) => refusal.confirmable);
  const request = `POST /apply {"roomId": ${JSON.stringify(roomId)}} with the header X-Confirm: true`;
  // No commit speaks for a posted room.
  if (owner?.kind === "api") return refused ? `To allow it, send ${request}.` : null;
  if (refused) return howToConfirm(roomId);
  if (dryRun === null) return null;
  return `This is a dry run. To carry it out, push a commit with the trailer \`Confirm: ${roomId}\`, or one that changes the room without \`Dry-Run\`, or send ${request}.`;
}
