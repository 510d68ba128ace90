import { expect } from "chai";
import type { JsonValue } from "../../../agent/kernel/json.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { PolicySpec } from "../../../agent/spec/room-spec.ts";
import { aPlan, aPlanInput, blockedSteps, steps } from "../../support/a-plan-input.ts";
import { REST_CAPABILITIES } from "../../support/a-room-state.ts";

const DM = "policy/dmVisibilityDefault";

describe("plan of policies", () => {
  it("writes one by one what the spec names and the room has otherwise", () => {
    const spec = {
      policies: {
        dmVisibilityDefault: "owner",
        allowResourceCreation: true,
        maxArtifactsPerEntity: 9,
      },
    };
    const policies = { dmVisibilityDefault: "team", maxArtifactsPerEntity: 9 };
    expect(makePlan(aPlanInput({ spec, room: { policies } }))).to.deep.equal(
      aPlan([
        {
          kind: "setPolicy",
          item: "policy/allowResourceCreation",
          policy: "allowResourceCreation",
          value: true,
          previous: null,
          removal: false,
        },
        {
          kind: "setPolicy",
          item: DM,
          policy: "dmVisibilityDefault",
          value: "owner",
          previous: "team",
          removal: false,
        },
      ]),
    );
  });

  const cases: readonly {
    readonly name: string;
    readonly wanted: PolicySpec;
    readonly policies: Readonly<Record<string, JsonValue>> | null;
    readonly writes: boolean;
  }[] = [
    {
      name: "a policy the spec does not name",
      wanted: {},
      policies: { dmVisibilityDefault: "public" },
      writes: false,
    },
    {
      name: "a visibility of another case",
      wanted: { dmVisibilityDefault: "team" },
      policies: { dmVisibilityDefault: "Team" },
      writes: false,
    },
    {
      name: "a visibility that the spec writes in another case",
      wanted: { dmVisibilityDefault: "Owner" },
      policies: { dmVisibilityDefault: "owner" },
      writes: false,
    },
    {
      name: "the default where the room lists none",
      wanted: { maxArtifactsPerEntity: 100 },
      policies: {},
      writes: false,
    },
    {
      name: "the default where the room has null",
      wanted: { allowResourceCreation: false },
      policies: { allowResourceCreation: null },
      writes: false,
    },
    {
      name: "another value than the default where the room lists none",
      wanted: { maxArtifactsPerEntity: 50 },
      policies: {},
      writes: true,
    },
    {
      name: "a number the room has as text",
      wanted: { maxArtifactsPerEntity: 50 },
      policies: { maxArtifactsPerEntity: "50" },
      writes: true,
    },
    {
      name: "even the default where the server carries no policies",
      wanted: { allowResourceCreation: false },
      policies: null,
      writes: true,
    },
  ];
  for (const { name, wanted, policies, writes } of cases) {
    it(`${writes ? "writes" : "does not write"} ${name}`, () => {
      const plan = makePlan(aPlanInput({ spec: { policies: wanted }, room: { policies } }));
      expect(plan.actions.map(({ kind }) => kind)).to.deep.equal(writes ? ["setPolicy"] : []);
    });
  }

  it("reports keys that RoomSpec does not know and leaves them alone", () => {
    const policies = { zeal: 1, dmVisibilityDefault: "team", anger: null };
    expect(makePlan(aPlanInput({ room: { policies } }))).to.deep.equal(
      aPlan([], { unknownPolicies: ["anger", "zeal"] }),
    );
  });

  it("reports a write that the dialect has no call for", () => {
    const plan = makePlan(
      aPlanInput({
        spec: { policies: { dmVisibilityDefault: "owner" } },
        room: { policies: null },
        capabilities: { ...REST_CAPABILITIES, writePolicy: false },
      }),
    );
    expect(steps(plan)).to.deep.equal([]);
    expect(blockedSteps(plan)).to.deep.equal([`Unsupported ${DM}`]);
  });
});

describe("plan of a critical policy that the spec stopped naming", () => {
  const removed = (policies: Readonly<Record<string, JsonValue>> | null) =>
    makePlan(aPlanInput({ room: { policies }, dmVisibilityRemoved: true }));

  it("writes the default as a removal", () => {
    expect(removed({ dmVisibilityDefault: "public" })).to.deep.equal(
      aPlan(
        [
          {
            kind: "setPolicy",
            item: DM,
            policy: "dmVisibilityDefault",
            value: "team",
            previous: "public",
            removal: true,
          },
        ],
        { removedPolicies: [DM] },
      ),
    );
  });

  it("has nothing to write where the room has the default, and still names the removal", () => {
    for (const policies of [{ dmVisibilityDefault: "team" }, {}]) {
      expect(removed(policies)).to.deep.equal(aPlan([], { removedPolicies: [DM] }));
    }
  });

  it("writes the default where the server does not say", () => {
    expect(steps(removed(null))).to.deep.equal([`setPolicy ${DM}`]);
  });

  it("is no removal when the spec names it after all", () => {
    const plan = makePlan(
      aPlanInput({
        spec: { policies: { dmVisibilityDefault: "owner" } },
        dmVisibilityRemoved: true,
      }),
    );
    expect(plan.removedPolicies).to.deep.equal([]);
    expect(plan.actions).to.have.length(1);
    expect(plan.actions[0]).to.include({ value: "owner", removal: false });
  });
});
