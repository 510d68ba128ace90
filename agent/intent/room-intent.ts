import type { Confirmation } from "../room/confirmations.ts";
import type { Rehearsal } from "../room/rehearsals.ts";
import type { ReviewedPlan } from "../room/reviewed-plan.ts";
import type { DryRun, WindowOverride } from "../room/room.ts";
import type { IgnoredIntent } from "./ignored-lines.ts";

/**
 * What commits say of a room's dry run. `unchanged`: none touches or names the room; what was decided before stands. `off`
 * because a commit touches it counts only if its inputs are others in the end; `byName`: a commit names it in `Confirm`.
 */
export type DryRunWord =
  | { readonly kind: "unchanged" }
  | ({ readonly kind: "on" } & DryRun)
  | {
      readonly kind: "off";
      readonly byName?: boolean;
      /** What an earlier commit asks for that spec: if the spec is that one in the end, it is still asked for. */
      readonly asked?: { readonly oid: string; readonly dryRun: DryRun };
    };

/** The intent of a room that is a dry run because of a line of which it is not known whether it means the room. */
export function heldBy(line: IgnoredIntent, intent: RoomIntent | undefined): RoomIntent {
  const { commit, line: text, reason } = line;
  if (intent?.dryRun.kind === "on") return intent;
  return {
    ...NOTHING_SAID,
    ...intent,
    dryRun: { kind: "on", commit, lookAlike: { line: text, reason } },
    ignored: [...(intent?.ignored ?? []), line],
  };
}

/** The intent of a room of which a commit asks for a dry run. */
export function askedBy(dryRun: DryRun, intent: RoomIntent | undefined): RoomIntent {
  const ignored = intent?.ignored ?? [];
  return { ...NOTHING_SAID, ...intent, dryRun: { kind: "on", ...dryRun }, ignored };
}

const NOTHING_SAID = { touched: false, named: false, confirmations: [], confirmedByName: false };

/** A commit that names a room in `Confirm`. */
export type NamingCommit = Pick<Confirmation, "originId" | "actor" | "line" | "signer">;

/** What the commits of one fetch say about one room. */
export interface RoomIntent {
  /** A commit changed the room's inputs against its first parent (a merge that says nothing does not count). */
  readonly touched: boolean;
  /** A trailer that counts names the room: it is enqueued even if its inputs are as before. */
  readonly named: boolean;
  readonly dryRun: DryRunWord;
  /** One for each commit that confirms something here, oldest first; each covers at least one item. */
  readonly confirmations: readonly Confirmation[];
  /**
   * `Confirm: <roomId>` was said at or after the newest commit that touches the room. Besides the items it covers, that
   * lets its specVersion go down and its source run empty.
   */
  readonly confirmedByName: boolean;
  /**
   * The newest `Confirm: <roomId>` at or after the newest commit that touches the room, or in a merged commit that removes its file as
   * the merge does: what a prune of the room takes. Absent: there is none.
   */
  readonly removal?: NamingCommit;
  /**
   * The newest commit that names the room in `Confirm`, and what these commits would say of its dry run if none did. Absent: none
   * does.
   */
  readonly naming?: NamingCommit & { readonly dryRun: DryRunWord };
  /** The newest commit that touches the room removes its file and says `Confirm: true`, which no prune takes. Absent: it does not. */
  readonly unnamedRemoval?: string;
  /** The newest commit on the branch that changes the room says `Override-Window`; absent: it does not. */
  readonly override?: Omit<WindowOverride, "digest">;
  /** What the pull request showed that brought the newest commit which touches the room; absent: none is known. */
  readonly reviewed?: Omit<ReviewedPlan, "inputs">;
  /** Dry runs that these commits began and ended, newest first; absent: none. */
  readonly endedDryRuns?: readonly Rehearsal[];
  /** With them, blob id of the last good spec that these commits left, though its file may be gone since. */
  readonly lastSpec?: string;
  /**
   * Blob ids of the specs that the room had where a commit named it in `Confirm`, so that they are no dry runs any more; null: the one
   * that it had before these commits. Absent: none.
   */
  readonly confirmedSpecs?: readonly (string | null)[];
  readonly ignored: readonly IgnoredIntent[];
}
