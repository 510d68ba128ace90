import type { SuspendScope, Suspension } from "../room/suspension.ts";
import type { Command, CommandRejected } from "./requests.ts";

export interface SuspendRequest extends Command {
  readonly scope: SuspendScope;
  readonly reason: string;
  /** ISO time; null: until it is resumed. */
  readonly until: string | null;
}

export interface ResumeRequest extends Command {
  readonly scope: SuspendScope;
}

export type SuspendAnswer =
  | {
      readonly kind: "suspended";
      readonly suspension: Suspension;
      readonly replaced: Suspension | null;
    }
  | CommandRejected;

export type ResumeAnswer =
  | {
      readonly kind: "resumed";
      /** What has ended; null: it was not suspended. */
      readonly ended: Suspension | null;
      /** What still suspends rooms of that scope, such as the freeze of all rooms, or single rooms of a source. */
      readonly still: readonly Suspension[];
    }
  | CommandRejected;
