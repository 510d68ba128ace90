import { ROOM_WARNINGS } from "../telemetry/labels.ts";
import type { Room } from "./room.ts";

const TO_READ: ReadonlySet<string> = new Set(ROOM_WARNINGS);

/**
 * What log, audit, gauge and `explain` show of a room's warnings: what is odd about a change that is applied all the same. The rest
 * the configuration asks for, or is the RoomServer's own.
 */
export function warningsToRead({ warnings }: Pick<Room, "warnings">): Room["warnings"] {
  return warnings.filter(({ reason }) => TO_READ.has(reason));
}
