import type { Item } from "../plan/item.ts";
import { removedItems } from "../plan/removals.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import { unusedItems } from "./confirmations.ts";
import type { ServerMove } from "./room-in-doubt.ts";
import type { ConfirmationRow } from "./rows.ts";

export const OTHER_SPEC = "it was given for another spec of the room";
export const LOST_SPEC = "the room lost its spec";
export const OTHER_OWNER = "the room's spec comes from another owner than before";

/** What ends confirmations before they are used up. */
export interface WithdrawalCause {
  /** In words for people. */
  readonly why: string;
  readonly covers: (row: ConfirmationRow, item: Item) => boolean;
}

/** Items of one confirmation that it does not cover any more. */
export interface Withdrawal {
  readonly row: ConfirmationRow;
  readonly items: readonly Item[];
  readonly why: string;
}

/** What the rows lose, each item by the first cause that covers it. */
export function withdrawals(
  rows: readonly ConfirmationRow[],
  causes: readonly WithdrawalCause[],
): readonly Withdrawal[] {
  return rows.flatMap((row) => {
    let left = unusedItems(row);
    return causes.flatMap(({ why, covers }) => {
      const { lost = [], kept = [] } = Object.groupBy(left, (item) =>
        covers(row, item) ? "lost" : "kept",
      );
      left = kept;
      return lost.length === 0 ? [] : [{ row, items: lost, why }];
    });
  });
}

/**
 * `spec` is a room's newest: an item that it names again is not to be removed any more. Taking it out later needs a new
 * confirmation, and a revert of the revert does too.
 */
export function returnedTo(spec: RoomSpec): WithdrawalCause {
  const named = new Set(removedItems(spec, null));
  return {
    why: "the room's spec names again what was to be removed",
    covers: (_row, item) => named.has(item),
  };
}

/** Rows that count for other inputs than these: they do not come back with their inputs. */
export function boundToOthers(inputs: string): WithdrawalCause {
  return {
    why: OTHER_SPEC,
    covers: (row) => row.inputs !== null && row.inputs !== inputs,
  };
}

/** The room lost its owner (`source`; null: a posted spec's). What counts for the file of another source is handed over on purpose. */
export function orphanedBy(source: string | null, why = LOST_SPEC): WithdrawalCause {
  return {
    why,
    covers: (row) => !isOfOther(row, source),
  };
}

/** The room's spec comes from another owner than before (`source`; null: it was posted), with these inputs (null: none yet). */
export function takenOverBy(
  source: string | null,
  inputs: string | null,
  why = OTHER_OWNER,
): WithdrawalCause {
  const isHandedOver = (row: ConfirmationRow) =>
    isOfCommit(row) && (row.source ?? source) === source && source !== null;
  return {
    why,
    covers: (row) =>
      !isHandedOver(row) || row.inputs === null || (inputs !== null && row.inputs !== inputs),
  };
}

/** The agent was given another RoomServer: a confirmation counts for what was read where it was given. */
export function otherRoomServer({ from, to }: ServerMove): WithdrawalCause {
  return {
    why: `RoomServer.BaseUrl was ${from} and is ${to}, and it was given for the room there`,
    covers: () => true,
  };
}

/** These rows, whole: `ids`. */
export function endedRows(ids: ReadonlySet<string>, why: string): WithdrawalCause {
  return { why, covers: ({ id }) => ids.has(id) };
}

/**
 * The history of the room's source is another one, and brings other inputs to the room: which commits it is built on is not known
 * (`first`), or not what requests confirmed (`rewritten`).
 */
export function otherHistory(history: "first" | "rewritten"): WithdrawalCause {
  return {
    why: "the branch has another history than before",
    covers: (row) =>
      history === "first" ? confirmingCommit(row) !== null : row.origin === "request",
  };
}

/** It counts for the file of another source alone, once that source has the room. */
export function isOfOther(row: ConfirmationRow, source: string | null): boolean {
  return isOfCommit(row) && row.inputs !== null && row.source !== source;
}

/** The commit that confirms, be it by a label; null: none does. */
export function confirmingCommit({ origin, originId }: ConfirmationRow): string | null {
  if (origin === "label") return originId.split("@").at(-1) ?? originId;
  return origin === "commit" ? originId : null;
}

function isOfCommit({ origin }: ConfirmationRow): boolean {
  return origin === "commit" || origin === "label";
}
