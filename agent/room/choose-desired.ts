import type { Quarantine } from "./quarantine.ts";
import type { RoomInputs, Room } from "./room.ts";
import { newestInputs, pendingPrune, pruneInputs } from "./prune.ts";
import { quarantineProblem } from "./quarantine-text.ts";
import type { Reason } from "../status/reasons.ts";

/** What a pass works towards: the newest spec, how far it may go, and what is enforced where it may not. */
export interface DesiredChoice {
  /** Null when the newest spec may not be used at all. */
  readonly candidate: { readonly inputs: RoomInputs; readonly mode: "apply" | "plan" } | null;
  /** The newest inputs that passed PRE_CHECKS; null when there are none or they are the candidate's. */
  readonly fallback: RoomInputs | null;
  /** Why the candidate is absent. */
  readonly problem: { readonly reason: Reason; readonly message: string } | null;
}

/**
 * Where head's spec may not be applied, drift is still corrected against the
 * newest inputs that passed PRE_CHECKS. A room that has none is observed only.
 */
export function chooseDesired(row: Room, dryRunRequested: boolean): DesiredChoice {
  const mark = pendingPrune(row);
  if (mark !== null)
    return choosePrune(row, pruneInputs(row.roomId, mark, row.head), dryRunRequested);
  if (row.headProblem !== null || row.head === null) {
    const problem = row.headProblem ?? {
      reason: "NoSpec",
      message: "no spec of this room has been read yet",
    };
    return { candidate: null, fallback: isHalfDone(row) ? null : row.enforced, problem };
  }
  if (isQuarantined(row) && !dryRunRequested) {
    const problem = quarantineProblem(row.roomId, row.quarantine);
    return { candidate: null, fallback: row.enforced, problem };
  }
  const planOnly = dryRunRequested || row.dryRun !== null;
  const same = row.enforced?.digest === row.head.digest;
  const isOnly = dryRunRequested || (same && !planOnly) || isHalfDone(row);
  return {
    candidate: { inputs: row.head, mode: planOnly ? "plan" : "apply" },
    fallback: isOnly ? null : row.enforced,
    problem: null,
  };
}

/**
 * A label for a dry run was read after a part of what is enforced was carried out: what has not gone yet stays, also once the
 * dry run ended because other inputs came.
 */
function isHalfDone({ head, enforced, verified, dryRun, rehearsals }: Room): boolean {
  if (enforced === null || enforced.digest === verified?.digest) return false;
  const isAsked = dryRun?.label !== undefined && enforced.digest === head?.digest;
  return (
    isAsked || rehearsals.some((one) => one.label !== undefined && one.oid === enforced.specOid)
  );
}

/** Whether the newest inputs were rolled back, and neither they changed nor a person asked to try them again since. */
export function isQuarantined(row: Room): row is Room & { readonly quarantine: Quarantine } {
  return row.quarantine !== null && row.quarantine.digest === newestInputs(row)?.digest;
}

/** Nothing is enforced in the place of a prune: the room has no spec. */
function choosePrune(row: Room, inputs: RoomInputs, dryRunRequested: boolean): DesiredChoice {
  if (isQuarantined(row) && !dryRunRequested) {
    const problem = quarantineProblem(row.roomId, row.quarantine);
    return { candidate: null, fallback: null, problem };
  }
  const mode = dryRunRequested || row.dryRun !== null ? "plan" : "apply";
  return { candidate: { inputs, mode }, fallback: null, problem: null };
}
