import { expect } from "chai";
import { dependencyLayers } from "../../../agent/plan/dependencies.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { SeedState } from "../../../agent/plan/plan.ts";
import { aPlanInput, blockedSteps, steps } from "../../support/a-plan-input.ts";
import { aRoomSpec, type RoomSpecGiven } from "../../support/a-room-spec.ts";

const MISSING: SeedState = { kind: "unusable", reason: "SeedMissing", message: "not there" };

function layersOf(given: RoomSpecGiven): readonly (readonly string[])[] {
  return dependencyLayers(aRoomSpec(given)).map((layer) => layer.map(({ item }) => item));
}

describe("dependencyLayers", () => {
  it("puts everything after all that it needs", () => {
    const layers = layersOf({
      entities: ["E-1"],
      artifacts: [
        { name: "roof", dependsOn: ["walls", "ground"] },
        { name: "walls", dependsOn: ["ground", "E-1"] },
        { name: "ground", dependsOn: ["E-1"] },
      ],
      resources: [{ name: "lamp", dependsOn: ["roof"] }],
    });
    expect(layers).to.deep.equal([
      ["artifact/ground"],
      ["artifact/walls"],
      ["artifact/roof"],
      ["resource/lamp"],
    ]);
  });

  it("reads a name that an entity and an artifact share as both, and never as itself", () => {
    const [layer] = dependencyLayers(
      aRoomSpec({ entities: ["same"], artifacts: [{ name: "same", dependsOn: ["same"] }] }),
    );
    expect(layer?.[0]?.needs).to.deep.equal(["entity/same"]);
  });

  it("puts a circle last, together", () => {
    const layers = layersOf({
      artifacts: [
        { name: "a", dependsOn: ["b"] },
        { name: "b", dependsOn: ["a"] },
        { name: "after", dependsOn: ["a"] },
        "free",
      ],
    });
    expect(layers).to.deep.equal([
      ["artifact/free"],
      ["artifact/a", "artifact/b", "artifact/after"],
    ]);
  });

  it("takes a chain of 20,000 in its stride", () => {
    const artifacts = Array.from({ length: 20_000 }, (_, place) => ({
      name: `a${place}`,
      dependsOn: place === 0 ? [] : [`a${place - 1}`],
    }));
    expect(layersOf({ artifacts })).to.have.length(20_000);
  });
});

describe("plan of dependents", () => {
  it("orders seeds by what they need before it orders them by name", () => {
    const artifacts = [
      { name: "a", dependsOn: ["z"], promoteAfterSeed: true },
      { name: "z", promoteAfterSeed: true },
      "m",
    ];
    expect(steps(makePlan(aPlanInput({ spec: { artifacts } })))).to.deep.equal([
      "seed artifact/m",
      "seed artifact/z",
      "promote artifact/z",
      "seed artifact/a",
      "promote artifact/a",
    ]);
  });

  it("blocks what waits for something that cannot be put there, and all that waits for that", () => {
    const artifacts = [
      "base",
      { name: "middle", dependsOn: ["base"], promoteAfterSeed: true },
      { name: "top", dependsOn: ["middle"] },
      "free",
    ];
    const plan = makePlan(aPlanInput({ spec: { artifacts }, seeds: { base: MISSING } }));
    expect(steps(plan)).to.deep.equal(["seed artifact/free"]);
    expect(blockedSteps(plan)).to.deep.equal([
      "SeedMissing artifact/base",
      "DependencyFailed artifact/middle",
      "DependencyFailed artifact/top",
    ]);
    expect(plan.blocked[1]?.message).to.contain("artifact/base");
  });

  it("names all that is missing, in the same order however the spec lists it", () => {
    const artifacts = ["base", "cellar"];
    const seeds = { base: MISSING, cellar: MISSING };
    const messages = [artifacts, artifacts.toReversed()].map((dependsOn) => {
      const spec = { artifacts: [...artifacts, { name: "top", dependsOn }] };
      return makePlan(aPlanInput({ spec, seeds })).blocked.at(-1)?.message;
    });
    expect(messages[0]).to.contain("artifact/base, artifact/cellar");
    expect(messages[1]).to.equal(messages[0]);
  });

  it("is content with something that is in the room although its update is blocked", () => {
    const artifacts = ["base", { name: "top", dependsOn: ["base"] }];
    const plan = makePlan(
      aPlanInput({ spec: { artifacts }, seeds: { base: MISSING }, room: { artifacts: ["base"] } }),
    );
    expect(steps(plan)).to.deep.equal(["seed artifact/top"]);
  });

  it("blocks what waits for an artifact that is declared without a seed and absent", () => {
    const artifacts = [
      { name: "base", seedFrom: null },
      { name: "top", dependsOn: ["base"] },
    ];
    const plan = makePlan(aPlanInput({ spec: { artifacts } }));
    expect(blockedSteps(plan)).to.deep.equal(["DependencyFailed artifact/top"]);
  });

  it("blocks what waits for a name the spec does not have, even if the room has it", () => {
    const artifacts = [{ name: "top", dependsOn: ["E-gone"] }];
    const room = { entities: ["E-gone"] };
    const plan = makePlan(aPlanInput({ spec: { artifacts }, room }));
    expect(steps(plan)).to.deep.equal(["kick entity/E-gone"]);
    expect(blockedSteps(plan)).to.deep.equal(["DependencyFailed artifact/top"]);
  });

  it("blocks the members of a circle that are not in the room", () => {
    const artifacts = [
      { name: "a", dependsOn: ["b"] },
      { name: "b", dependsOn: ["a"] },
    ];
    const plan = makePlan(aPlanInput({ spec: { artifacts } }));
    expect(steps(plan)).to.deep.equal([]);
    expect(blockedSteps(plan)).to.deep.equal([
      "DependencyFailed artifact/a",
      "DependencyFailed artifact/b",
    ]);
  });

  it("says nothing of a dependent that has nothing to do", () => {
    const artifacts = ["base", { name: "top", dependsOn: ["base"] }];
    const plan = makePlan(
      aPlanInput({ spec: { artifacts }, seeds: { base: MISSING }, room: { artifacts: ["top"] } }),
    );
    expect(blockedSteps(plan)).to.deep.equal(["SeedMissing artifact/base"]);
  });

  for (const [onMissingDependency, reason] of [
    ["skip", "DependencyFailed"],
    ["fail", "DependencyFailed"],
    ["wait", "Pending"],
  ] as const) {
    it(`reports a resource that may ${onMissingDependency} as ${reason}`, () => {
      const spec = {
        artifacts: ["base"],
        resources: [{ name: "search", dependsOn: ["base"], onMissingDependency }],
      };
      const plan = makePlan(aPlanInput({ spec, seeds: { base: MISSING } }));
      expect(steps(plan)).to.deep.equal([]);
      expect(blockedSteps(plan)).to.include(`${reason} resource/search`);
    });
  }
});
