import {
  isEnding,
  type Ending,
  type Planned,
  type Judged,
  type ReconcileDeps,
  type Attempt,
} from "./pass.ts";
import { apply } from "./phases/apply.ts";
import { planning } from "./phases/planning.ts";
import { preChecks } from "./phases/pre-checks.ts";
import { rollback } from "./phases/rollback.ts";
import { verify } from "./phases/verify.ts";
import type { Phase } from "../room/outcome.ts";
import { callsForRollback } from "./undo/rollback-law.ts";
import type { PassPoint } from "../room/pass-points.ts";

/** Called with the duration of each phase, in ms. */
export interface PhaseTimer {
  phaseEnded(phase: Phase, durationMs: number): void;
}

/**
 * The way of one room through one pass: PLANNING, PRE_CHECKS, APPLY, VERIFY, and ROLLBACK when the pass failed for the most
 * part. Each phase may end it.
 */
export async function runPipeline(
  attempt: Attempt,
  deps: ReconcileDeps,
  timer: PhaseTimer,
): Promise<Ending> {
  const timed = async <T>(phase: Phase, run: () => Promise<T>): Promise<T> => {
    const startedMs = deps.clock.monotonicMs();
    try {
      return await run();
    } finally {
      timer.phaseEnded(phase, deps.clock.monotonicMs() - startedMs);
    }
  };
  const onPassPoint = (point: PassPoint) =>
    deps.onPassPoint?.({ point, roomId: attempt.row.roomId });
  const planned = await timed<Planned | Ending>("PLANNING", () => planning(attempt, deps));
  if (isEnding(planned)) return planned;
  await onPassPoint("planned");
  const judged = await timed<Judged | Ending>("PRE_CHECKS", () => preChecks(planned, deps));
  if (isEnding(judged)) return judged;
  await onPassPoint("judged");
  const applied = await timed("APPLY", () => apply(judged, deps));
  await onPassPoint("applied");
  const ending = await timed("VERIFY", () => verify(applied, deps));
  if (ending.verified !== null) await onPassPoint("verified");
  if (!callsForRollback(ending, deps.options)) return ending;
  return timed("ROLLBACK", () => rollback(ending, deps));
}
