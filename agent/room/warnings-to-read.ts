import { ROOM_WARNINGS } from "../telemetry/labels.ts";
import type { Room } from "./room.ts";

const TO_READ: ReadonlySet<string> = new Set(ROOM_WARNINGS);

type Warned = Pick<Room, "owner" | "overridden" | "head" | "warnings">;

/** All warnings of a room, as `/status` shows them. */
export function shownWarnings(room: Warned): Room["warnings"] {
  const message = overriddenText(room);
  return message === null ? room.warnings : [{ reason: "Overridden", message }, ...room.warnings];
}

/**
 * What log, audit, gauge and `explain` show of a room's warnings: what is odd about a change that is applied all the same, and that
 * git is not followed. The rest the configuration asks for, or is the RoomServer's own.
 */
export function warningsToRead(room: Warned): Room["warnings"] {
  return shownWarnings(room).filter(({ reason }) => TO_READ.has(reason));
}

/** What a room follows that does not follow git, in words for people; null: it does, or has no owner. */
export function overriddenText({
  owner,
  overridden,
  head,
}: Pick<Room, "owner" | "overridden" | "head">): string | null {
  if (!overridden || owner === null) return null;
  return `git is ignored: the room follows ${head?.revision ?? "a RoomSpec"}, posted with X-Override: true, until a commit changes the room's file`;
}
