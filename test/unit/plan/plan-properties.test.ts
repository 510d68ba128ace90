import { expect } from "chai";
import * as fc from "fast-check";
import { canonicalJson } from "../../../agent/kernel/json.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { DesiredRoom, Plan, PlanInput } from "../../../agent/plan/plan.ts";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { REST_CAPABILITIES, aRoomState } from "../../support/a-room-state.ts";
import { applyPlan } from "./apply-plan.ts";
import { someDesiredRoom, somePlanInput, someRoomState } from "../../support/arbitraries.ts";
import { shuffled } from "./shuffled-input.ts";

const RUNS = { numRuns: 150 };

function ask(desired: DesiredRoom, observed: RoomState): PlanInput {
  return {
    desired,
    observed,
    capabilities: REST_CAPABILITIES,
    notObservable: [],
    dmVisibilityRemoved: false,
    resources: true,
  };
}

/** A plan without the lists that are sets and keep the order they were written in. */
function comparable(plan: Plan): string {
  return canonicalJson(plan).replace(/"(capabilities|dependsOn)":\[[^\]]*\]/g, (list) =>
    list.split("").sort().join(""),
  );
}

describe("plan properties", () => {
  it("is empty for a room that a plan was carried out on", () => {
    fc.assert(
      fc.property(someDesiredRoom("present"), someRoomState("complete"), (desired, observed) => {
        const after = applyPlan(observed, makePlan(ask(desired, observed)));
        expect(makePlan(ask(desired, after)).actions).to.deep.equal([]);
      }),
      RUNS,
    );
  });

  it("makes a room hold exactly what the spec names", () => {
    fc.assert(
      fc.property(someDesiredRoom("present"), someRoomState("complete"), (desired, observed) => {
        const plan = makePlan(ask(desired, observed));
        const after = applyPlan(observed, plan);
        const { entities, artifacts, policies } = desired.spec.spec;
        expect(after.entities).to.have.deep.members(entities);

        const blocked = new Set(plan.blocked.map(({ item }) => item));
        const there = new Set(observed.artifacts.map(({ name }) => name));
        const expected = artifacts.filter(
          ({ name, seedFrom }) =>
            there.has(name) || (seedFrom !== null && !blocked.has(`artifact/${name}`)),
        );
        expect(after.artifacts.map(({ name }) => name)).to.have.members(
          expected.map(({ name }) => name),
        );
        for (const { name, seedFrom, promoteAfterSeed } of expected) {
          if (seedFrom === null || blocked.has(`artifact/${name}`)) continue;
          const seed = desired.seeds.get(name);
          const found = after.artifacts.find((artifact) => artifact.name === name);
          expect(found?.fingerprint).to.equal(seed?.kind === "present" && seed.fingerprint);
          if (promoteAfterSeed) expect(found?.isPromoted).to.equal(true);
        }
        for (const [name, value] of Object.entries(policies)) {
          const defaults = { dmVisibilityDefault: "team", allowResourceCreation: false };
          const found = after.policies?.[name] ?? { ...defaults, maxArtifactsPerEntity: 100 }[name];
          expect(JSON.stringify(found).toLowerCase(), name).to.equal(JSON.stringify(value));
        }
      }),
      RUNS,
    );
  });

  it("fills an empty room and then has nothing to do", () => {
    fc.assert(
      fc.property(someDesiredRoom("present"), (desired) => {
        const first = makePlan(ask(desired, aRoomState()));
        const after = applyPlan(aRoomState(), first);
        expect(makePlan(ask(desired, after))).to.deep.equal({ ...first, actions: [] });
      }),
      RUNS,
    );
  });

  it("does not depend on the order in which anything is listed", () => {
    fc.assert(
      fc.property(somePlanInput, fc.nat(5), (input, turn) => {
        expect(comparable(makePlan(shuffled(input, turn)))).to.equal(comparable(makePlan(input)));
      }),
      RUNS,
    );
  });

  it("is the same plan each time it is made, and changes nothing it was given", () => {
    fc.assert(
      fc.property(somePlanInput, (input) => {
        const before = canonicalJson(input);
        expect(makePlan(input)).to.deep.equal(makePlan(input));
        expect(canonicalJson(input)).to.equal(before);
      }),
      RUNS,
    );
  });

  it("names each item of an action or a blocked line once per kind and reason", () => {
    fc.assert(
      fc.property(somePlanInput, (input) => {
        const { actions, blocked } = makePlan(input);
        const done = actions.map(({ kind, item }) => `${kind} ${item}`);
        expect(new Set(done).size).to.equal(done.length);
        const kept = blocked.map(({ reason, item, message }) => `${reason} ${item} ${message}`);
        expect(new Set(kept).size).to.equal(kept.length);
      }),
      RUNS,
    );
  });

  it("never removes what the spec names", () => {
    fc.assert(
      fc.property(somePlanInput, (input) => {
        const { entities, artifacts } = input.desired.spec.spec;
        const named = new Set([
          ...entities.map(({ id }) => `entity/${id}`),
          ...artifacts.map(({ name }) => `artifact/${name}`),
        ]);
        const removed = makePlan(input).actions.filter(
          ({ kind }) => kind === "kick" || kind === "delete",
        );
        expect(removed.filter(({ item }) => named.has(item))).to.deep.equal([]);
      }),
      RUNS,
    );
  });
});
