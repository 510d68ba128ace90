import { expect } from "chai";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { ObservedResource } from "../../../agent/plan/room-state.ts";
import { aPlan, aPlanInput, blockedSteps, steps } from "../../support/a-plan-input.ts";
import { aResource } from "../../support/a-room-spec.ts";
import { REST_CAPABILITIES } from "../../support/a-room-state.ts";

const SEARCH = { name: "search", config: { url: "ws://h", timeout: "30s" } };

describe("plan of resources", () => {
  const cases: readonly {
    readonly name: string;
    readonly observed: readonly ObservedResource[];
    readonly ensures: boolean;
  }[] = [
    { name: "one that is absent", observed: [], ensures: true },
    { name: "one of another type", observed: [{ name: "search", type: "else" }], ensures: true },
    {
      name: "one with another configuration",
      observed: [{ name: "search", config: { url: "ws://h" } }],
      ensures: true,
    },
    {
      name: "one with the same configuration in another order",
      observed: [{ name: "search", type: "mcp-tool", config: { timeout: "30s", url: "ws://h" } }],
      ensures: false,
    },
    {
      name: "one of which the server says only that it is there",
      observed: [{ name: "search", status: "PENDING" }],
      ensures: false,
    },
  ];
  for (const { name, observed, ensures } of cases) {
    it(`${ensures ? "ensures" : "leaves alone"} ${name}`, () => {
      const plan = makePlan(
        aPlanInput({ spec: { resources: [SEARCH] }, room: { resources: observed } }),
      );
      const item = "resource/search";
      const [previous] = observed;
      const action = { kind: "ensureResource", item, resource: aResource(SEARCH) } as const;
      const ensured = previous === undefined ? action : { ...action, previous };
      expect(plan).to.deep.equal(aPlan(ensures ? [ensured] : []));
    });
  }

  it("removes none", () => {
    expect(makePlan(aPlanInput({ room: { resources: ["search"] } }))).to.deep.equal(aPlan([]));
  });

  it("holds all as pending while the feature is off", () => {
    const spec = { resources: ["search", "mail"] };
    const plan = makePlan(aPlanInput({ spec, room: { resources: ["mail"] }, resources: false }));
    expect(steps(plan)).to.deep.equal([]);
    expect(blockedSteps(plan)).to.deep.equal(["Pending resource/mail", "Pending resource/search"]);
    expect(plan.blocked[0]?.message).to.contain("Operator.Features.Resources");
  });

  it("reports one that the dialect has no call for", () => {
    const capabilities = { ...REST_CAPABILITIES, ensureResource: false };
    const plan = makePlan(aPlanInput({ spec: { resources: ["search"] }, capabilities }));
    expect(blockedSteps(plan)).to.deep.equal(["Unsupported resource/search"]);
  });
});
