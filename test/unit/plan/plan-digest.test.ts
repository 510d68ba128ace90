import { expect } from "chai";
import * as fc from "fast-check";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { Action, Plan } from "../../../agent/plan/plan.ts";
import { isPlanDigest, planDigest } from "../../../agent/plan/plan-digest.ts";
import { toPlanItem } from "../../../agent/plan/plan-items.ts";
import { aPlan, kicks } from "../../support/a-plan-input.ts";
import { somePlanInput } from "../../support/arbitraries.ts";
import { shuffled } from "./shuffled-input.ts";

const RUNS = { numRuns: 150 };
const INPUTS = "inputs-1";

describe("planDigest", () => {
  it("is the same in whatever order spec and server list things", () => {
    fc.assert(
      fc.property(somePlanInput, fc.nat(5), (input, turn) => {
        const one = planDigest(makePlan(input), INPUTS);
        expect(planDigest(makePlan(shuffled(input, turn)), INPUTS)).to.equal(one);
        expect(isPlanDigest(one)).to.equal(true);
      }),
      RUNS,
    );
  });

  it("changes when an action leaves, comes twice or changes", () => {
    fc.assert(
      fc.property(somePlanInput, fc.nat(), fc.integer(), (input, at, salt) => {
        const plan = makePlan(input);
        fc.pre(plan.actions.length > 0);
        const place = at % plan.actions.length;
        const digest = planDigest(plan, INPUTS);
        const without = plan.actions.toSpliced(place, 1);
        expect(planDigest({ ...plan, actions: without }, INPUTS)).not.to.equal(digest);
        const other = changed(plan, place, salt);
        expect(planDigest(other, INPUTS)).not.to.equal(digest);
      }),
      RUNS,
    );
  });

  it("differs exactly where room, inputs, values or removed policies differ", () => {
    const plan = aPlan(kicks("E-1", "E-2"));
    const digests = [
      planDigest(plan, INPUTS),
      planDigest(plan, "inputs-2"),
      planDigest({ ...plan, roomId: "room-b" }, INPUTS),
      planDigest({ ...plan, removedPolicies: ["policy/dmVisibilityDefault"] }, INPUTS),
      planDigest(aPlan(kicks("E-2", "E-1")), INPUTS),
      planDigest(plan, INPUTS, 1),
      planDigest(plan, INPUTS, 2),
    ];
    expect(new Set(digests).size).to.equal(digests.length);
    const blocked = { item: "artifact/x", reason: "SeedMissing", message: "m" } as const;
    expect(planDigest({ ...plan, blocked: [blocked] }, INPUTS)).to.equal(digests[0]);
  });

  it("is told from other texts", () => {
    for (const text of ["true", "sha256:", `sha256:${"A".repeat(64)}`, `sha1:${"a".repeat(64)}`])
      expect(isPlanDigest(text), text).to.equal(false);
  });
});

/** The plan with another value in one of its actions. */
function changed(plan: Plan, place: number, salt: number): Plan {
  const actions = plan.actions.map((action, at): Action => {
    if (at !== place) return action;
    const other = withOtherValue(action, salt);
    expect(toPlanItem(other)).not.to.deep.equal(toPlanItem(action));
    return other;
  });
  return { ...plan, actions };
}

function withOtherValue(action: Action, salt: number): Action {
  const name = `other ${salt}`;
  switch (action.kind) {
    case "join":
      return { ...action, entity: { ...action.entity, displayName: name } };
    case "replace":
      return {
        ...action,
        entity: { ...action.entity, displayName: name },
        previous: { ...action.previous, displayName: null },
      };
    case "kick":
      return { ...action, previous: { ...action.previous, displayName: name } };
    case "seed":
      return { ...action, fingerprint: name };
    case "promote":
      return { ...action, item: `artifact/${name}` };
    case "delete":
      return { ...action, previous: { ...action.previous, fingerprint: name } };
    case "setPolicy":
      return { ...action, value: name };
    case "ensureResource":
      return { ...action, resource: { ...action.resource, type: name } };
  }
}
