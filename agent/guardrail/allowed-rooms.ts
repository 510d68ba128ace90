import type { Guardrail } from "./guardrail.ts";

/** A source writes only to rooms its `AllowedRooms` match. */
export const allowedRooms: Guardrail = {
  name: "allowed-rooms",
  judge: (plan, facts) =>
    facts.roomAllowed
      ? undefined
      : {
          guardrail: allowedRooms.name,
          reason: "RoomNotAllowed",
          effect: "refusal",
          message:
            `No pattern of the source's AllowedRooms matches ${plan.roomId}. Add one to` +
            " Git.Sources[].AllowedRooms, or move the spec to a source that may manage the room.",
          items: [],
          confirmable: false,
        },
};
