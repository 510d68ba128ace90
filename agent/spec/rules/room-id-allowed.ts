import { quoted } from "../finding.ts";
import { isBlank } from "../text.ts";
import type { Rule } from "./rule.ts";

/** The room id is one the RoomServer takes. */
export const roomIdAllowed: Rule = ({ roomId }, { roomIdPattern }) => {
  if (roomId === null || isBlank(roomId.text)) return [];
  if (isAllowedRoomId(roomId.text, roomIdPattern)) return [];
  return [
    {
      path: roomId.path,
      message: `${quoted(roomId.text)} is not a room id here: ${wanted(roomIdPattern.source)}`,
    },
  ];
};

/** The pattern of the RoomServer's contract, which people need not read as one. */
export const USUAL_ROOM_ID = "^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$";

function wanted(pattern: string): string {
  if (pattern.replace(/^\^\(\?:(.*)\)\$$/, "^$1$") !== USUAL_ROOM_ID)
    return `it must match ${pattern}`;
  return "write 3 to 128 letters, digits, `.`, `_` and `-`, with a letter or a digit first";
}

/** `search`, because `test` of a global pattern remembers where it stopped. */
export function isAllowedRoomId(roomId: string, pattern: RegExp): boolean {
  return roomId.search(pattern) !== -1;
}
