import { expect } from "chai";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { aPlanInput, blockedSteps, steps } from "../../support/a-plan-input.ts";
import { anObservedArtifact } from "../../support/a-room-state.ts";

describe("order of a plan", () => {
  it("is kind, then removals last, then name, with a seed before its promotion", () => {
    const spec = {
      entities: ["E-z", { id: "E-m", displayName: "New" }, "E-É", "E-Z"],
      artifacts: [
        { name: "b", promoteAfterSeed: true },
        { name: "a", promoteAfterSeed: true },
        { name: "c", promoteAfterSeed: true },
      ],
      policies: { maxArtifactsPerEntity: 1, allowResourceCreation: true },
      resources: ["y", "x"],
    };
    const room = {
      entities: ["E-a", "E-m", "E-0"],
      artifacts: ["0-old", anObservedArtifact("a")],
      policies: { dmVisibilityDefault: "public" },
    };
    const plan = makePlan(aPlanInput({ spec, room, dmVisibilityRemoved: true }));
    expect(steps(plan)).to.deep.equal([
      "join entity/E-Z",
      "replace entity/E-m",
      "join entity/E-z",
      "join entity/E-É",
      "kick entity/E-0",
      "kick entity/E-a",
      "promote artifact/a",
      "seed artifact/b",
      "promote artifact/b",
      "seed artifact/c",
      "promote artifact/c",
      "delete artifact/0-old",
      "setPolicy policy/allowResourceCreation",
      "setPolicy policy/maxArtifactsPerEntity",
      "setPolicy policy/dmVisibilityDefault",
      "ensureResource resource/x",
      "ensureResource resource/y",
    ]);
  });

  it("lists blocked items by kind and name", () => {
    const spec = { artifacts: ["b", "a"], resources: ["a"] };
    const unusable = { kind: "unusable", reason: "SeedMissing", message: "" } as const;
    const seeds = { a: unusable, b: unusable };
    expect(blockedSteps(makePlan(aPlanInput({ spec, seeds, resources: false })))).to.deep.equal([
      "SeedMissing artifact/a",
      "SeedMissing artifact/b",
      "Pending resource/a",
    ]);
  });
});
