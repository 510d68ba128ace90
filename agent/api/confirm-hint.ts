import { howToConfirm } from "../guardrail/how-to-confirm.ts";
import type { Room } from "../room/room.ts";

/** What allows the removals a room is being refused now, in words a person can follow; null when nothing is to be allowed. */
export function confirmHint(room: Room): string | null {
  const { roomId, owner, dryRun } = room;
  const refused = room.refusals.some((refusal) => refusal.confirmable);
  // Its condition says how: the same request, or an acknowledgement for all rooms.
  const observed = room.conditions.find(({ reason }) => reason === "ObserveOnly");
  if (observed !== undefined) return observed.message;
  const request = `POST /apply {"roomId": ${JSON.stringify(roomId)}} with the header X-Confirm: true`;
  // No commit speaks for a posted room.
  if (owner?.kind === "api") return refused ? `To allow it, send ${request}.` : null;
  if (refused) return howToConfirm(roomId);
  if (dryRun === null) return null;
  return `This is a dry run. To carry it out, push a commit with the trailer \`Confirm: ${roomId}\`, or one that changes the room without \`Dry-Run\`, or send ${request}.`;
}
