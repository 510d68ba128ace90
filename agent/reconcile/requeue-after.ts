import type { EndedTrack, Requeue } from "./concluding.ts";
import { CONFIRMATION_OUTDATED } from "./confirm-outdated.ts";
import { isDeniedOutcome } from "../room/denied-outcome.ts";
import { isHeld } from "../room/held-outcome.ts";
import type { Outcome } from "../room/outcome.ts";
import type { Ending } from "./pass.ts";

/** The most urgent first; of two waits the longer one counts. */
const URGENCY = ["now", "backoff", "interval", "never"] as const;

/** When the room is looked at next: as soon as any of its tracks wants it. Without a track, when its inputs change. */
export function requeueAfter(tracks: readonly EndedTrack[]): Requeue {
  const wishes = tracks.map(({ ending }) => toRequeue(ending));
  const kind = URGENCY.find((urgency) => wishes.some((wish) => wish.kind === urgency)) ?? "never";
  if (kind !== "backoff") return { kind };
  const waits = wishes.map((wish) => (wish.kind === "backoff" ? wish.atLeastMs : 0));
  return { kind, atLeastMs: Math.max(...waits) };
}

function toRequeue(ending: Ending): Requeue {
  const { outcome, trust } = ending;
  const waitMs = trust?.waitMs ?? null;
  switch (outcome.kind) {
    case "converged":
    case "planned":
    case "refused":
      // What the room's own triggers asked for follows without that request.
      if (isOutdated(outcome)) return { kind: "now" };
      // A read that was not believed is repeated soon, whatever else stands in the way.
      return waitMs === null ? { kind: "interval" } : backoff(ending, waitMs);
    case "superseded":
      return { kind: "now" };
    case "rolledBack":
      return outcome.pending === 0 ? { kind: "now" } : backoff(ending, 0);
    case "partial":
      if (isHeld(outcome, ending.refusals) || isDeniedOutcome(outcome)) return { kind: "interval" };
      return outcome.reason === "Batch" ? { kind: "now" } : backoff(ending, 0);
    case "stalled":
      return backoff(ending, 0);
    case "failed":
      return backoff(ending, outcome.retryAfterMs ?? 0);
    case "waiting":
      // What would change is seen anew as often as in any other room.
      if (outcome.reason === "ObserveOnly") return { kind: "interval" };
      return outcome.afterMs === null ? { kind: "never" } : backoff(ending, outcome.afterMs);
  }
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
