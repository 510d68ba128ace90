import type { Confirmation } from "./confirmations.ts";
import type { IgnoredIntent } from "./ignored-lines.ts";

/** What makes a room a dry run. */
export interface DryRun {
  readonly commit: string;
  /** Present when the commit's line does not count and the room is held because it looks as if it should. */
  readonly lookAlike?: { readonly line: string; readonly reason: string };
}

/** What the commits of one fetch say about one room. */
export interface RoomIntent {
  /** A commit changed the room's inputs against its first parent (a merge that says nothing does not count). */
  readonly touched: boolean;
  /** A trailer that counts names the room: it is enqueued even if its inputs are as before. */
  readonly named: boolean;
  /** `unchanged`: no commit touches or names the room; what was decided before stands. */
  readonly dryRun: { readonly kind: "unchanged" | "off" } | ({ readonly kind: "on" } & DryRun);
  /** One for each commit that confirms something here, oldest first; each covers at least one item. */
  readonly confirmations: readonly Confirmation[];
  /**
   * `Confirm: <roomId>` was said at or after the newest commit that touches the room. Besides the items it covers, that
   * lets its specVersion go down and its source run empty.
   */
  readonly confirmedByName: boolean;
  readonly ignored: readonly IgnoredIntent[];
}
