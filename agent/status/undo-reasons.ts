import type { ReasonNote } from "./reason-note.ts";

/** Why something that a pass did was not taken back: in `quarantine.notUndone` of a room, and in the audit. */
export const UNDO_REASONS = {
  ContentNotHeld: {
    place: "undo",
    meaning: "The RoomServer cannot give the old content back, and no seed kept for the room is it",
    next: "Put the artifact back by hand, or name it with a seed in the spec",
  },
  PreviousUnknown: {
    place: "undo",
    meaning: "The RoomServer did not tell what was there before",
    next: "Look at the room, and name in the spec what is to be there",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;
