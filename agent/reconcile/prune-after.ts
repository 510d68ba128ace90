import type { Pruned } from "../room/prune-mark.ts";
import { isPrune, pendingPrune } from "../room/prune.ts";
import type { Room } from "../room/room.ts";
import type { ConfirmationRow } from "../room/rows.ts";
import { keepsDmVisibilityAfter } from "./dm-visibility.ts";
import type { EndedAttempt } from "./ended-pass.ts";
import type { EndedIntent } from "./sending/end-intents.ts";

/**
 * What is known of a room once its prune has begun: it is not what any spec says any more. A file that comes back is carried out
 * like a new one, and its differences are no drift.
 */
export const PRUNING = {
  enforced: null,
  enforcedBefore: null,
  verified: null,
  verifiedRevision: null,
  verifiedWithout: [],
} satisfies Partial<Room>;

/** The room after an attempt that pruned. It is done when a read showed nothing more of what the agent put there. */
export function pruneAfter(
  row: Room,
  { inputs, ending }: EndedAttempt,
  ended: readonly EndedIntent[],
): Room {
  const { outcome, phase, plan, notObservable, verified } = ending;
  const mark = pendingPrune(row);
  const isDone = outcome.kind === "converged";
  const began = phase === "APPLY" || phase === "VERIFY";
  if (mark === null || !isPrune(inputs) || !(began || isDone)) return row;
  const policy = { named: false, began: true, converged: isDone, ended };
  const after: Room = {
    ...row,
    ...PRUNING,
    attemptedRevision: inputs.revision,
    keepsDmVisibility: keepsDmVisibilityAfter(row.keepsDmVisibility, policy),
    notObservable: notObservable ?? row.notObservable,
  };
  const left = (verified?.remaining ?? plan)?.blocked ?? [];
  if (!isDone || left.length > 0) return after;
  // Whoever has the room next finds it as others made it: what a spec would remove there needs a confirmation.
  const pruned = { since: mark.since, ...confirmedBy(ending.confirmations) };
  return { ...after, inventory: [], verifiedBefore: false, rewritten: null, detour: null, pruned };
}

function confirmedBy(rows: readonly ConfirmationRow[]): Omit<Pruned, "since"> {
  const [first] = rows;
  return { confirmedBy: first?.actor ?? null, confirmedIn: first?.originId ?? null };
}
