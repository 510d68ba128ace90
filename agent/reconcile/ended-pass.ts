import type { ShownItems } from "../plan/shown-items.ts";
import type { Item } from "../plan/item.ts";
import type { DriftRule } from "../room/drift-rule.ts";
import type { RoomInputs, Room } from "../room/room.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";
import { endOf } from "../room/ends.ts";
import type { PassReport } from "../room/outcome.ts";
import type { Ending, PassCause } from "./pass.ts";
import type { Reason } from "../status/reasons.ts";

/** One attempt of a pass and how it ended. */
export interface EndedAttempt {
  readonly inputs: RoomInputs;
  readonly isHead: boolean;
  /** False also where the pass did not come as far as its spec. */
  readonly namesDmVisibility: boolean;
  /** Absent where the pass did not come as far as its spec. */
  readonly drift?: DriftRule;
  readonly ending: Ending;
}

/** What a pass did, before it is summarized. */
export interface EndedPass {
  readonly row: Room;
  readonly cause: PassCause;
  /** Why head's spec may not be used; null when it may. */
  readonly problem: { readonly reason: Reason; readonly message: string } | null;
  /** In the order they ran; at most two. */
  readonly attempts: readonly EndedAttempt[];
  readonly durationMs: number;
  /** Requests that have confirmed something in the room by now; absent: as many as `row` says. */
  readonly confirmed?: number;
  /** The confirmations of the room that were given before the pass began; absent: none. */
  readonly standing?: readonly ConfirmationRow[];
  /** See `Correcting`; absent: nothing was corrected. */
  readonly corrected?: readonly { readonly item: Item; readonly count: number }[];
}

/** When the next pass over the room comes. */
export type Requeue =
  | { readonly kind: "interval" }
  | { readonly kind: "now" }
  | { readonly kind: "backoff"; readonly atLeastMs: number }
  | { readonly kind: "never" };

/** Foreign changes to a room that was verified, and whether they were corrected. */
export interface Drift extends ShownItems {
  /** The revision that the room is kept at. */
  readonly enforcedRevision: string;
  /** True once every change is taken out again; false: a try failed, or the pass may not change the room. */
  readonly corrected: boolean;
}

export interface Summary {
  readonly row: Room;
  /** Whether the row differs from the one the pass began with. */
  readonly changed: boolean;
  /** What is to be written with it. */
  readonly changes: readonly StoreChange[];
  readonly report: PassReport;
  readonly requeue: Requeue;
  /** The drift; null: none, or none that was not reported before. */
  readonly drift: Drift | null;
}

/** Only passes that reached VERIFY count towards being stalled, and of those not the ends that wait for something else. */
export function countsAsCycle({ attempts }: Pick<EndedPass, "attempts">): boolean {
  return attempts.some(({ ending }) => ending.verified !== null && endOf(ending.outcome).isCycle);
}
