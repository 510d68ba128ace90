import type { ReasonNote } from "./reason-note.ts";

/** Why something that a pass did was not rolled back: in `quarantine.notUndone` of a room, and in the audit. */
export const UNDO_REASONS = {
  ContentNotHeld: {
    place: "undo",
    meaning: "The RoomServer cannot give the old content back, and no seed kept for the room is it",
    next: "Put the artifact back by hand, or name it with a seed in the spec",
  },
  OutOfRoom: {
    place: "undo",
    meaning:
      "The RoomServer accepted the kick of an update, and neither its new attributes nor the old ones: the entity is out of the room. Each pass tries to join it; once that succeeds, the change is in `undone`",
    next: "Read the message: let the RoomServer accept the join, or correct the entity in the spec and push it",
  },
  PreviousUnknown: {
    place: "undo",
    meaning: "The RoomServer did not report what was there before",
    next: "Check the room, and name in the spec what is to be there",
  },
  ChangedSince: {
    place: "undo",
    meaning:
      "The room does not show the change any more: another person or program changed it since",
    next: "Check the room: what is there now was left alone",
  },
  RoomServerChanged: {
    place: "undo",
    meaning:
      "The agent was given another RoomServer before the rollback had ended. The change was made on the one before, and nothing is undone on the new one",
    next: "Check the room on the RoomServer that the message names",
  },
  OutcomeUnknown: {
    place: "undo",
    meaning: "Neither an answer nor a read shows whether the change happened",
    next: "Check the room",
  },
} as const satisfies Readonly<Record<string, ReasonNote>>;
