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
      message: `${quoted(roomId.text)} is not a room id here: it must match ${roomIdPattern.source}`,
    },
  ];
};

/** `search`, because `test` of a global pattern remembers where it stopped. */
export function isAllowedRoomId(roomId: string, pattern: RegExp): boolean {
  return roomId.search(pattern) !== -1;
}
