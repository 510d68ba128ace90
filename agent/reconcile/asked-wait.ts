import { toIso } from "../kernel/clock.ts";
import { withoutStop } from "../kernel/joined.ts";
import { LONGEST_BACKOFF_MS } from "../queue/backoff.ts";
import { FAILING_MS } from "../room/failing.ts";
import type { Outcome } from "../room/outcome.ts";
import type { EndedAttempt, EndedPass } from "./ended-pass.ts";
import type { Ending } from "./pass.ts";

type Asking = Pick<Ending, "outcome" | "reports" | "rollback">;

/** The longest wait in ms that an answer of the pass asked for (`Retry-After`); 0: none did. */
function askedMs({ outcome, reports, rollback }: Asking): number {
  const waits = [...reports, ...(rollback?.undo ?? [])].map(({ result }) =>
    "retryAfterMs" in result ? (result.retryAfterMs ?? 0) : 0,
  );
  const read = outcome.kind === "failed" ? (outcome.retryAfterMs ?? 0) : 0;
  return Math.max(read, ...waits);
}

/**
 * Ms before which the room is not looked at again. One call that is put off for a day keeps neither drift nor other changes of the
 * room from being looked at.
 */
export function keptWaitMs(ending: Asking): number {
  return Math.min(askedMs(ending), LONGEST_BACKOFF_MS);
}

/** Whether the room waits so long because it was asked to that a person is needed. */
export function waitsLong({ attempts }: Pick<EndedPass, "attempts">): boolean {
  return attempts.some(({ ending }) => askedMs(ending) > FAILING_MS);
}

/** The pass, with the long waits that answers asked for in the words of its outcomes. `nowMs`: wall time. */
export function withAskedWaits(pass: EndedPass, nowMs: number): EndedPass {
  if (!waitsLong(pass)) return pass;
  return { ...pass, attempts: pass.attempts.map((attempt) => withAskedWait(attempt, nowMs)) };
}

function withAskedWait(attempt: EndedAttempt, nowMs: number): EndedAttempt {
  const { ending } = attempt;
  const waitMs = askedMs(ending);
  if (waitMs <= FAILING_MS) return attempt;
  return { ...attempt, ending: { ...ending, outcome: said(ending.outcome, { waitMs, nowMs }) } };
}

function said(
  outcome: Outcome,
  { waitMs, nowMs }: { readonly waitMs: number; readonly nowMs: number },
): Outcome {
  if (outcome.kind !== "failed" && outcome.kind !== "partial") return outcome;
  const again =
    waitMs > LONGEST_BACKOFF_MS
      ? `it is asked again at ${toIso(nowMs + LONGEST_BACKOFF_MS)}`
      : "it is not asked before";
  const asked = `the RoomServer asked to wait until ${toIso(nowMs + waitMs)} (Retry-After), ${again}`;
  const message = `${withoutStop(outcome.message)}; ${asked}`;
  if (outcome.kind === "partial") return { ...outcome, message };
  return { ...outcome, message, retryAfterMs: Math.min(waitMs, LONGEST_BACKOFF_MS) };
}
