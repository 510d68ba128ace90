import { expect } from "chai";
import { reasonsSince } from "../../../agent/room/reasons-since.ts";
import type { Condition } from "../../../agent/status/condition.ts";
import type { Refusal } from "../../../agent/guardrail/guardrail.ts";
import type { Reason } from "../../../agent/status/reasons.ts";

const THEN = "2026-01-01T00:00:00.000Z";
const NOW = "2026-01-02T00:00:00.000Z";
const nothing = { conditions: [], refusals: [], blocked: [], headProblem: null };

const aCondition = (type: Condition["type"], status: Condition["status"], reason: Reason) => ({
  type,
  status,
  reason,
  message: "",
  lastTransitionTime: THEN,
});
const aRefusal = (reason: Reason): Refusal => ({
  guardrail: "g",
  reason,
  effect: "refusal",
  message: "",
  items: [],
  confirmable: true,
});

describe("reasonsSince", () => {
  it("is from now on for what is told for the first time, wherever it is told", () => {
    const shown = {
      conditions: [
        aCondition("Ready", "False", "DryRun"),
        aCondition("Stalled", "True", "Refused"),
      ],
      refusals: [aRefusal("KickLimitExceeded")],
      blocked: [{ item: "artifact/a" as const, reason: "SeedMissing" as const, message: "" }],
      headProblem: { reason: "SpecInvalid" as const, message: "", revision: "" },
    };
    expect(reasonsSince({}, shown, NOW)).to.deep.equal({
      DryRun: NOW,
      KickLimitExceeded: NOW,
      Refused: NOW,
      SeedMissing: NOW,
      SpecInvalid: NOW,
    });
  });

  it("keeps the time of what is told on, though its condition speaks of something else by now", () => {
    const shown = {
      ...nothing,
      conditions: [aCondition("Ready", "False", "Unauthorized")],
      refusals: [aRefusal("KickLimitExceeded")],
    };
    expect(reasonsSince({ KickLimitExceeded: THEN }, shown, NOW)).to.deep.equal({
      KickLimitExceeded: THEN,
      Unauthorized: NOW,
    });
  });

  it("forgets what is told no more", () => {
    const shown = { ...nothing, conditions: [aCondition("Ready", "True", "Converged")] };
    expect(reasonsSince({ DryRun: THEN }, shown, NOW)).to.deep.equal({});
  });
});
