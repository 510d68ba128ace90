import type { Item } from "../plan/item.ts";
import type { CommitRecord } from "../source/spec-source.ts";
import type { CommitWords } from "./commit-words.ts";
import type { MeantBy } from "./ignored-reasons.ts";
import type { SpecView } from "./room-changes.ts";

/**
 * Whether a room belongs to this source, to another one, or to none (a posted spec's room counts as none's). `barred`: this
 * source may not manage it.
 */
export type RoomStanding = "own" | "foreign" | "free" | "barred";

/**
 * What a name of another source's room is to a commit: `read`: the room's source reads the same commit. `claimed`: a file of this source
 * names the room. `other`: neither.
 */
export type ForeignName = "read" | "claimed" | "other";

export interface IntentQuestion extends SpecView {
  readonly words: readonly CommitWords[];
  /** What is being refused or held in a room right now. */
  readonly refusedItems: (roomId: string) => readonly Item[];
  /** Why nothing of a room is refused, so that naming it confirms no removal. Absent, or null: no one needs to know. */
  readonly whyNothing?: (roomId: string) => string | null;
  /** Rooms of the source that wait for a confirmation now. Absent: no message names them. */
  readonly awaitingConfirm?: readonly string[];
  /** Absent: no message names a room that may be meant. */
  readonly meantBy?: MeantBy;
  /** No other source reads the repository. Absent: another one may. */
  readonly isAlone?: boolean;
  /** Why a commit's `Confirm` does not count because it was read before, or may have been; null: it was not. */
  readonly whyUsed: (commit: CommitRecord) => string | null;
  /** Why a commit's `Override-Window` does not count because of who made it; null: it does. Absent: no person may say it. */
  readonly whyNoOverride?: (commit: CommitRecord) => string | null;
  readonly standingOf: (roomId: string) => RoomStanding;
  /** Of a room of another source. Absent: `other`. */
  readonly foreignName?: (roomId: string) => ForeignName;
}
