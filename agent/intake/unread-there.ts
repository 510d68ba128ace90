import { NOT_READ_THERE } from "../intent/ignored-reasons.ts";
import type { RoomIntent } from "../intent/room-intent.ts";
import type { Room } from "../room/room.ts";
import type { IntakeDeps } from "./intake-deps.ts";

/**
 * The intent of a room whose agent was given another RoomServer, where no pass has read the room yet: what commits remove confirms
 * nothing of what is there, and that is said. Labels confirm a plan that was made there.
 */
export function withoutUnreadConfirms(
  intent: RoomIntent | undefined,
  before: Room | null,
  { log }: Pick<IntakeDeps, "log">,
): RoomIntent | undefined {
  const reason = whyUnread(before);
  if (intent === undefined || before === null || reason === null) return intent;
  const { roomId } = before;
  const [ignored, confirmations] = [[...intent.ignored], [...intent.confirmations]];
  for (const one of intent.confirmations.filter(({ origin }) => origin === "commit")) {
    confirmations.splice(confirmations.indexOf(one), 1);
    const { originId: commit, line = `Confirm: ${roomId}` } = one;
    const said = { commit, line, reason };
    ignored.push(said);
    log.warn({ ...said, rooms: [roomId] }, "intent ignored");
  }
  return { ...intent, confirmations, ignored };
}

/** Why commits confirm nothing of what is in the room: no pass has read it on its RoomServer yet; null: one has. */
export function whyUnread(room: Pick<Room, "inDoubt"> | null): string | null {
  const { inDoubt = null } = room ?? {};
  if (inDoubt === null || !inDoubt.isAll || inDoubt.isShown === true) return null;
  return NOT_READ_THERE(inDoubt.message);
}
