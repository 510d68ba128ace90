import { expect } from "chai";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import {
  capRemovals,
  removalsOf,
  removedItems,
  withoutRemovals,
} from "../../../agent/plan/removals.ts";
import { aPlan, aPlanInput, deletes, kicks, steps } from "../../support/a-plan-input.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const DM = "policy/dmVisibilityDefault";

/** One of everything: a join, a replace, three kicks, a seed, two deletes, a policy and its removal. */
const EVERYTHING = makePlan(
  aPlanInput({
    spec: {
      entities: ["E-new", { id: "E-changed", kind: "npc" }],
      artifacts: ["new"],
      policies: { allowResourceCreation: true },
    },
    room: {
      entities: ["E-changed", "E-x", "E-y", "E-z"],
      artifacts: ["old", "older"],
      policies: { dmVisibilityDefault: "public" },
    },
    dmVisibilityRemoved: true,
  }),
);

describe("removalsOf", () => {
  it("names kicks, deletes and removed policies, and no replace", () => {
    expect(removalsOf(EVERYTHING)).to.deep.equal([
      "entity/E-x",
      "entity/E-y",
      "entity/E-z",
      "artifact/old",
      "artifact/older",
      DM,
    ]);
  });

  it("names a removed policy that takes no write", () => {
    expect(removalsOf(aPlan([], { removedPolicies: [DM] }))).to.deep.equal([DM]);
  });
});

describe("removedItems", () => {
  const before = aRoomSpec({
    entities: ["E-1", "E-2"],
    artifacts: ["a", { name: "b", seedFrom: null }],
    policies: { dmVisibilityDefault: "team", maxArtifactsPerEntity: 3 },
    resources: ["search"],
  });

  it("names what a change takes out of a spec", () => {
    const after = aRoomSpec({ entities: [{ id: "E-2", kind: "npc" }, "E-3"], artifacts: ["a"] });
    expect(removedItems(before, after)).to.deep.equal(["entity/E-1", "artifact/b", DM]);
  });

  it("names everything when the spec is gone", () => {
    const all = ["entity/E-1", "entity/E-2", "artifact/a", "artifact/b", DM];
    expect(removedItems(before, null)).to.deep.equal(all);
  });

  it("names nothing for a new spec, the same spec, or another room's", () => {
    expect(removedItems(null, before)).to.deep.equal([]);
    expect(removedItems(null, null)).to.deep.equal([]);
    expect(removedItems(before, before)).to.deep.equal([]);
    expect(removedItems(before, aRoomSpec({ roomId: "room-other1" }))).to.deep.equal([]);
  });

  it("does not take another value of the policy for its removal", () => {
    const after = aRoomSpec({ policies: { dmVisibilityDefault: "public" } });
    const former = aRoomSpec({ policies: { dmVisibilityDefault: "team" } });
    expect(removedItems(former, after)).to.deep.equal([]);
  });
});

describe("withoutRemovals", () => {
  it("leaves out the named removals and nothing else", () => {
    const items = ["entity/E-y", "artifact/old", DM, "entity/E-new", "entity/E-changed"] as const;
    const plan = withoutRemovals(EVERYTHING, items);
    const gone = new Set(["kick entity/E-y", "delete artifact/old", `setPolicy ${DM}`]);
    expect(steps(plan)).to.deep.equal(steps(EVERYTHING).filter((step) => !gone.has(step)));
    expect(plan.removedPolicies).to.deep.equal([]);
    expect(removalsOf(plan)).to.deep.equal(["entity/E-x", "entity/E-z", "artifact/older"]);
  });
});

describe("capRemovals", () => {
  const ids = ["E-1", "E-2", "E-3"];

  it("keeps the first removals of each kind and everything else", () => {
    const { plan, cut } = capRemovals(EVERYTHING, { maxKicks: 2, maxDeletes: 1 });
    expect(cut).to.equal(true);
    const late = new Set(["kick entity/E-z", "delete artifact/older"]);
    expect(steps(plan)).to.deep.equal(steps(EVERYTHING).filter((step) => !late.has(step)));
    expect(plan.removedPolicies).to.deep.equal([DM]);
  });

  it("cuts nothing at exactly the limit", () => {
    const plan = aPlan([...kicks(...ids), ...deletes("a")]);
    expect(capRemovals(plan, { maxKicks: 3, maxDeletes: 1 })).to.deep.equal({ plan, cut: false });
  });

  it("counts kicks and deletes apart", () => {
    const plan = aPlan([...kicks(...ids), ...deletes("a", "b")]);
    const capped = capRemovals(plan, { maxKicks: 5, maxDeletes: 1 });
    expect(steps(capped.plan)).to.deep.equal([
      ...ids.map((id) => `kick entity/${id}`),
      "delete artifact/a",
    ]);
  });

  it("removes everything in as many passes as the limit needs", () => {
    let left: readonly string[] = ids;
    const batches: number[] = [];
    while (left.length > 0 && batches.length < 9) {
      const { plan } = capRemovals(aPlan(kicks(...left)), { maxKicks: 2, maxDeletes: 0 });
      left = left.slice(plan.actions.length);
      batches.push(plan.actions.length);
    }
    expect(batches).to.deep.equal([2, 1]);
  });
});
