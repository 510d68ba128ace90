import type { Item } from "../plan/item.ts";
import type { Action, ActionKind } from "../plan/plan.ts";
import type { Reason } from "../status/reasons.ts";

/**
 * Inputs of a room that are not applied any more, because a pass over them failed for the most part and was rolled back. Holds
 * until the room's inputs change or a person retries.
 */
export interface Quarantine {
  /** The digest of all inputs. */
  readonly digest: string;
  readonly revision: string;
  readonly specVersion: number;
  /** The pass that was rolled back. */
  readonly correlationId: string;
  /** CamelCase, and what the RoomServer refused in words. */
  readonly reason: Reason;
  readonly message: string;
  /** ISO time. */
  readonly since: string;
  /** The changes of the pass that were rolled back, in the order of the rollback. */
  readonly undone: readonly Change[];
  readonly notUndone: readonly ChangeKept[];
  /** What is still to be rolled back, in order; empty unless the rollback was cut off. */
  readonly pending: readonly UndoStep[];
}

/** One change that a pass made. */
export interface Change {
  readonly action: ActionKind;
  readonly item: Item;
}

/** A change that stays, and why. */
export interface ChangeKept extends Change {
  readonly reason: Reason;
  readonly message: string;
}

/** How one change is rolled back. */
export interface UndoStep {
  readonly of: Action;
  /** In the order they are done in, at least one. */
  readonly actions: readonly Action[];
  /** Whether the item was in the room's inventory before the change. */
  readonly wasOurs: boolean;
}
