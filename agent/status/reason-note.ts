/** Where people meet a reason first. */
export type ReasonPlace =
  | "room"
  | "refusal"
  | "blocked"
  | "warning"
  | "undo"
  | "source"
  | "start"
  | "answer"
  | "setup";

/** What a reason says to people. Both are sentences without their full stop, in Markdown. */
export interface ReasonNote {
  readonly place: ReasonPlace;
  readonly meaning: string;
  /** What a person does about it; null when there is nothing to do. */
  readonly next: string | null;
}
