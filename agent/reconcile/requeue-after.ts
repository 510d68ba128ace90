import type { EndedAttempt, Requeue } from "./ended-pass.ts";
import { CONFIRMATION_OUTDATED } from "./confirm-outdated.ts";
import { endOf, waitOf } from "../room/ends.ts";
import type { Outcome } from "../room/outcome.ts";
import type { Ending } from "./pass.ts";

/** The most urgent first; of two waits the longer one counts. */
const URGENCY = ["now", "backoff", "interval", "never"] as const;

/** When the next pass over the room comes: as soon as any of its attempts wants it. Without an attempt, when its inputs change. */
export function requeueAfter(attempts: readonly EndedAttempt[]): Requeue {
  const wishes = attempts.map(({ ending }) => toRequeue(ending));
  const kind = URGENCY.find((urgency) => wishes.some((wish) => wish.kind === urgency)) ?? "never";
  if (kind !== "backoff") return { kind };
  const waits = wishes.map((wish) => (wish.kind === "backoff" ? wish.atLeastMs : 0));
  return { kind, atLeastMs: Math.max(...waits) };
}

function toRequeue(ending: Ending): Requeue {
  const { outcome, trust } = ending;
  const { next } = endOf(outcome);
  // What the room's own triggers asked for follows without that request.
  if (next === "now" || isOutdated(outcome))
    return isUndoPending(outcome) ? backoff(ending, 0) : { kind: "now" };
  if (next === "interval") {
    // An unverified read is repeated soon, whatever else objects.
    const waitMs = trust?.waitMs ?? null;
    return waitMs === null ? { kind: "interval" } : backoff(ending, waitMs);
  }
  const afterMs = waitOf(outcome);
  return next === "wait" && afterMs === null ? { kind: "never" } : backoff(ending, afterMs ?? 0);
}

function isUndoPending(outcome: Outcome): boolean {
  return outcome.kind === "rolledBack" && outcome.pending > 0;
}

function isOutdated(outcome: Outcome): boolean {
  return (
    outcome.kind === "refused" &&
    outcome.refusals.some(({ reason }) => reason === CONFIRMATION_OUTDATED)
  );
}

/** Not before any of the actions that were put off may be sent again. */
function backoff({ reports, rollback }: Ending, atLeastMs: number): Requeue {
  const waits = [...reports, ...(rollback?.undo ?? [])].map(({ result }) =>
    result.kind === "notDone" ? (result.retryAfterMs ?? 0) : 0,
  );
  return { kind: "backoff", atLeastMs: Math.max(atLeastMs, ...waits) };
}
