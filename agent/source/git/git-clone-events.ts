import type { CloneSize, RotationReason } from "./git-rotation-rule.ts";
import type { SourceFailure } from "../spec-source.ts";

/** Why a clone was thrown away; the next sync makes a new one. */
export type DiscardReason =
  | "damaged" // what it holds is not what its ids say, or is missing
  | "gone" // it was deleted from outside
  | "badPacks" // two fetches in a row brought nothing usable
  | "limit" // the commits since it was made are over a limit, the head alone may not be
  | "useless"; // it grew without ever having held a head that counts

/** Called when a clone was discarded. Must not throw. */
export type OnDiscard = (why: DiscardReason) => void;

/** A clone that was replaced by a new one of the same head. */
export interface Rotation {
  readonly why: RotationReason;
  readonly before: CloneSize;
  readonly after: CloneSize;
}

/** What happened to the clone of a source, in addition to the results of polls and syncs. None of it affects what is enforced. */
export type CloneEvent = CloneChange & {
  /** The other sources that read the clone, to which this is not reported again. Absent: none. */
  readonly sharedWith?: readonly string[];
};

type CloneChange =
  | ({ readonly kind: "rotated"; readonly durationMs: number } & Rotation)
  | {
      readonly kind: "rotationFailed";
      readonly failure: SourceFailure;
      /** False when it failed for the same reason the time before. */
      readonly isNewReason: boolean;
      readonly retryAfterMs: number;
    }
  | { readonly kind: "discarded"; readonly why: DiscardReason };
