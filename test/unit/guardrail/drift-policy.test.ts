import { expect } from "chai";
import { driftPolicy } from "../../../agent/guardrail/drift-policy.ts";
import { objectionsTo } from "../../../agent/guardrail/objections.ts";
import { aPlan, kicks } from "../../support/a-plan-input.ts";
import { aJoin } from "../../support/an-ending.ts";
import { someFacts } from "../../support/some-facts.ts";

describe("drift-policy", () => {
  const reported = "drift is only reported";
  const ids = ["a", "b", "c", "d", "e", "f", "g"];

  it("keeps drift that is only reported from being written, its removals unjudged", () => {
    const plan = aPlan([aJoin("E-1"), ...kicks(...ids)]);
    expect(objectionsTo(plan, someFacts({ reported }))).to.deep.equal([
      {
        guardrail: "drift-policy",
        reason: "DriftReported",
        effect: "observe",
        message: reported,
        items: ids.map((id) => `entity/${id}`),
        confirmable: false,
      },
    ]);
  });

  it("passes what is not drift, and an empty plan", () => {
    const plan = aPlan([aJoin("E-1"), ...kicks("a", "b")]);
    expect(driftPolicy.judge(plan, someFacts())).to.equal(undefined);
    expect(driftPolicy.judge(aPlan([]), someFacts({ reported }))).to.equal(undefined);
  });
});
