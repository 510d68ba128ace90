import { expect } from "chai";
import { toDiffLists } from "../../../agent/plan/diff-lists.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { renderPlan } from "../../../agent/plan/render.ts";
import type { SeedState } from "../../../agent/plan/plan.ts";
import { aPlan, aPlanInput, kicks } from "../../support/a-plan-input.ts";
import { anObservedArtifact } from "../../support/a-room-state.ts";

const MISSING: SeedState = {
  kind: "unusable",
  reason: "SeedMissing",
  message: "seeds/x.md is absent",
};

const PLAN = makePlan(
  aPlanInput({
    spec: {
      entities: [
        "E-new",
        {
          id: "E-changed",
          visibility: "owner",
          ownerUserId: "U-1",
          policy: { scopes: ["b", "a"] },
        },
      ],
      artifacts: ["new", { name: "changed", tags: ["t"], promoteAfterSeed: true }, "x"],
      policies: { maxArtifactsPerEntity: 5 },
      resources: ["search"],
    },
    seeds: { x: MISSING },
    room: {
      entities: ["E-changed", "E-old"],
      artifacts: [anObservedArtifact("changed"), "old"],
      policies: { dmVisibilityDefault: "public", maxArtifactsPerEntity: null, zeal: 1 },
    },
    dmVisibilityRemoved: true,
  }),
);

describe("renderPlan", () => {
  it("gives one line for each thing that comes, changes, goes, is blocked or unknown", () => {
    expect(renderPlan(PLAN)).to.deep.equal([
      '~ entity E-changed replace visibility "team" -> "owner", ownerUserId null -> "U-1", policy.scopes [] -> ["a","b"]',
      "+ entity E-new join agent",
      "- entity E-old kick",
      "~ artifact changed seed content, tags",
      "~ artifact changed promote",
      "+ artifact new seed seeds/new.md",
      "- artifact old delete",
      "~ policy maxArtifactsPerEntity null -> 5",
      '- policy dmVisibilityDefault "public" -> "team"',
      "+ resource search ensure mcp-tool",
      "! artifact x SeedMissing: seeds/x.md is absent",
      "? policy zeal unknown",
    ]);
  });

  it("has no line for a plan that does nothing", () => {
    expect(renderPlan(aPlan([]))).to.deep.equal([]);
  });

  it("shows a removed policy that takes no write", () => {
    const plan = aPlan([], { removedPolicies: ["policy/dmVisibilityDefault"] });
    expect(renderPlan(plan)).to.deep.equal(["- policy dmVisibilityDefault no longer named"]);
  });

  it("keeps a hostile name on its own line", () => {
    const lines = renderPlan(aPlan(kicks("E-1\n- entity E-2 kick\u202e\u001b[2J")));
    expect(lines).to.deep.equal(['- entity "E-1\\n- entity E-2 kick\\u202e\\u001b[2J" kick']);
  });
});

describe("toDiffLists", () => {
  it("lists names by what is done to them", () => {
    const { items, moreItems, ...lists } = toDiffLists(PLAN);
    expect(items.map(({ action, item }) => `${action} ${item}`)).to.deep.equal(
      PLAN.actions.map(({ kind, item }) => `${kind} ${item}`),
    );
    expect(moreItems).to.equal(0);
    expect(lists).to.deep.equal({
      toJoin: ["E-new"],
      toUpdate: ["E-changed"],
      toKick: ["E-old"],
      toSeed: ["changed", "new"],
      toPromote: ["changed"],
      toDelete: ["old"],
      toSetPolicies: ["maxArtifactsPerEntity", "dmVisibilityDefault"],
      toEnsure: ["search"],
      blocked: [{ item: "artifact/x", reason: "SeedMissing" }],
    });
  });
});
