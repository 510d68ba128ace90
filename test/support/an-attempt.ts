import type { Refusal } from "../../agent/guardrail/guardrail.ts";
import type { EndedPass, EndedAttempt, Summary } from "../../agent/reconcile/ended-pass.ts";
import type { Outcome, Phase } from "../../agent/room/outcome.ts";
import { endingAt, type Ending } from "../../agent/reconcile/pass.ts";
import { summarize } from "../../agent/reconcile/summarize.ts";
import { aPlan } from "./a-plan-input.ts";
import { aRoomRow, anInput } from "./a-row.ts";
import { aCause, aVerifiedPass, type VerifiedGiven } from "./an-ending.ts";
import { aTrail } from "./a-trail.ts";
import { FakeClock } from "./fake-clock.ts";
import { DEFAULT_OPTIONS } from "./pass-world.ts";

export const older = anInput("1");
export const newer = { ...anInput("2"), specVersion: 2 };
export const verifiedRow = aRoomRow({
  head: older,
  enforced: older,
  verified: older,
  verifiedBefore: true,
  attemptedRevision: older.revision,
  appliedRevision: older.revision,
  verifiedRevision: older.revision,
  appliedVersion: { specVersion: 1, specDigest: older.specDigest, lineage: null },
  lastOutcome: "converged",
});
export const partial: Outcome = {
  kind: "partial",
  reason: "NotConverged",
  message: "join entity/E-1",
};
export const down: Outcome = {
  kind: "failed",
  reason: "RoomServerUnavailable",
  message: "503",
  status: null,
  retryAfterMs: 9000,
};
export const refusal: Refusal = {
  guardrail: "kick-limit",
  reason: "KickLimitExceeded",
  effect: "refusal",
  message: "8 kicks",
  items: ["entity/E-1"],
  confirmable: true,
};
export const refused: Outcome = { kind: "refused", refusals: [refusal] };

export function anAttempt(
  outcome: Outcome,
  phase: Phase,
  given: Partial<Ending> & { readonly inputs?: typeof older; readonly isHead?: boolean } = {},
): EndedAttempt {
  const { inputs = newer, isHead = true, ...known } = given;
  const plan = outcome.kind === "failed" && phase === "PLANNING" ? null : aPlan([]);
  return {
    inputs,
    isHead,
    namesDmVisibility: false,
    ending: endingAt(phase, outcome, { plan, ...known }),
  };
}

/** A pass that read back: some of its actions may have failed. */
export function aReadBack(outcome: Outcome, given: VerifiedGiven = {}): EndedAttempt {
  const verified = aVerifiedPass(given);
  const { reports } = verified;
  return anAttempt(outcome, "VERIFY", { verified, reports, plan: verified.plan });
}

export function conclude(
  attempts: readonly EndedAttempt[],
  given: Partial<EndedPass> = {},
): Summary {
  const endedPass = {
    row: verifiedRow,
    cause: aCause(),
    problem: null,
    attempts,
    durationMs: 12,
    ...given,
  };
  const clock = new FakeClock();
  return summarize(endedPass, {
    clock,
    steady: clock,
    trail: aTrail({ clock }),
    gates: [],
    options: DEFAULT_OPTIONS,
  });
}
