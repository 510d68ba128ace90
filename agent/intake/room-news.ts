import type { RoomIntent } from "../intent/room-intent.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { LeftOfRoom } from "../room/roomless-dry-runs.ts";
import type { NotRead, Room, WaitsFor } from "../room/room.ts";
import type { FileRow } from "../room/rows.ts";
import type { PruneMark } from "../room/prune-mark.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import type { Reason } from "../status/reasons.ts";

/** What a snapshot says about one room. */
export type RoomNews =
  /** A valid file whose inputs are new, or that the room was not at before. */
  | {
      readonly kind: "inputs";
      readonly file: FileRow;
      /** True: the file is as the snapshot before had it. */
      readonly isOld?: boolean;
    }
  /** Its newest file cannot be used, or no file may be: what was enforced stays enforced. */
  | {
      readonly kind: "problem";
      readonly reason: Reason;
      readonly message: string;
      readonly path: string | null;
    }
  /** No file names it any more. `prune`: what the agent put there goes once that is confirmed; null: `why` it stays. */
  | {
      readonly kind: "gone";
      readonly prune: PruneMark | null;
      readonly why: string;
      /** True: the configuration of its source took it out. */
      readonly isLeftBehind?: boolean;
      /** What its file was renamed to. Absent: to no name that is not read. */
      readonly notRead?: NotRead;
      /** Where its file is now. Absent: at no place of another source. */
      readonly waitsFor?: WaitsFor;
      /** True: with it its source holds no spec any more, and only commits that name its rooms allow that. */
      readonly emptied?: boolean;
    }
  /** It has no owner. `problem`: why no file that names it may have it; null: no file names it any more. */
  | {
      readonly kind: "unowned";
      readonly problem: Omit<NonNullable<Room["headProblem"]>, "revision"> | null;
      /** What its file was renamed to, where the source of that is not configured any more. */
      readonly left?: NotRead;
    }
  /** Its file is unchanged; only a commit asks something of it. */
  | { readonly kind: "intentOnly" };

export interface RoomNewsGiven {
  readonly roomId: string;
  /** Null: the room is new. */
  readonly before: Room | null;
  readonly news: RoomNews;
  readonly intent: RoomIntent | undefined;
  /** What commits of the source asked for while the room was not its own; it counts once, when the room is. */
  readonly asked?: Room["dryRun"];
  /** What was remembered of its dry runs without a row of it. Absent: nothing, or the room was the source's. */
  readonly roomless?: LeftOfRoom;
  readonly history: CommitRange["history"];
  /** The revision of the head before this one; null at a first sync. */
  readonly previous: string | null;
  /** Heads, by commit id, that the branch had left and that this one is or is built on. */
  readonly returnedTo: readonly string[];
  /** The room was verified at these inputs before, be it long ago. Absent: it was not, or that is of no account. */
  readonly wasVerified?: boolean;
  /** The commits that are new with the head. Absent: none is known of. */
  readonly commits?: CommitRange["commits"];
  /** As of `CommitRange`. Absent: it does not say. */
  readonly kept?: CommitRange["kept"];
  /** True: a limit kept the commits between from being read. Absent: false. */
  readonly isUnread?: boolean;
  readonly source: string;
  readonly revision: string;
  /** The line of commits that `revision` is the newest of. */
  readonly lineage: string;
  readonly correlationId: string;
}

export type RoomIntakeDeps = Pick<
  IntakeDeps,
  "clock" | "steady" | "trail" | "confirmationExpiresMs"
>;
