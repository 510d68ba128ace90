import { expect } from "chai";
import { entityDifferences } from "../../../agent/plan/entity-differences.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { ObservedEntity } from "../../../agent/plan/room-state.ts";
import { aPlan, aPlanInput, blockedSteps, steps } from "../../support/a-plan-input.ts";
import { anEntity, type EntityGiven } from "../../support/a-room-spec.ts";
import { REST_CAPABILITIES, anObservedEntity } from "../../support/a-room-state.ts";

describe("plan of entities", () => {
  it("joins who is absent, replaces who differs, kicks who is not named", () => {
    const spec = { entities: ["E-new", { id: "E-old", displayName: "Old" }, "E-same"] };
    const stranger = anObservedEntity("E-stranger");
    const old = anObservedEntity({ id: "E-old", displayName: "Young" });
    const room = { entities: [stranger, "E-same", old] };
    expect(makePlan(aPlanInput({ spec, room }))).to.deep.equal(
      aPlan([
        { kind: "join", item: "entity/E-new", entity: anEntity("E-new") },
        {
          kind: "replace",
          item: "entity/E-old",
          entity: anEntity({ id: "E-old", displayName: "Old" }),
          previous: old,
        },
        { kind: "kick", item: "entity/E-stranger", previous: stranger },
      ]),
    );
  });

  it("kicks everybody from a room whose spec names nobody", () => {
    const plan = makePlan(aPlanInput({ room: { entities: ["E-b", "E-a"] } }));
    expect(steps(plan)).to.deep.equal(["kick entity/E-a", "kick entity/E-b"]);
  });

  it("takes an id that the server lists twice once, whatever the order", () => {
    const one = anObservedEntity({ id: "E-twin", kind: "human" });
    const other = anObservedEntity({ id: "E-twin", kind: "npc" });
    const plans = [
      [one, other],
      [other, one],
    ].map((entities) => makePlan(aPlanInput({ room: { entities } })));
    expect(plans[0]).to.deep.equal(aPlan([{ kind: "kick", item: "entity/E-twin", previous: one }]));
    expect(plans[1]).to.deep.equal(plans[0]);
  });

  it("tells ids apart by case", () => {
    const plan = makePlan(
      aPlanInput({ spec: { entities: ["E-ada"] }, room: { entities: ["E-Ada"] } }),
    );
    expect(steps(plan)).to.deep.equal(["join entity/E-ada", "kick entity/E-Ada"]);
  });

  it("keeps apart an entity whose id is a member every object has", () => {
    const plan = makePlan(aPlanInput({ spec: { entities: ["__proto__", "constructor"] } }));
    expect(steps(plan)).to.deep.equal(["join entity/__proto__", "join entity/constructor"]);
  });

  it("reports kicks and updates that the dialect has no call for", () => {
    const spec = { entities: [{ id: "E-changed", kind: "human" as const }, "E-new"] };
    const room = { entities: ["E-changed", "E-stranger"] };
    const capabilities = { ...REST_CAPABILITIES, kickEntity: false };
    const plan = makePlan(aPlanInput({ spec, room, capabilities }));
    expect(steps(plan)).to.deep.equal(["join entity/E-new"]);
    expect(blockedSteps(plan)).to.deep.equal([
      "Unsupported entity/E-changed",
      "Unsupported entity/E-stranger",
    ]);
    expect(plan.blocked[1]?.message).to.contain("cannot remove an entity");
  });

  for (const name of [".", "..", "", "E".repeat(20_000), "ü".repeat(700), "\ud800"]) {
    it(`leaves a stranger whose name no address can hold: ${name.slice(0, 3)} of ${name.length}`, () => {
      const room = { entities: [name, "E-other"], artifacts: [name] };
      const plan = makePlan(aPlanInput({ room }));
      expect(steps(plan)).to.deep.equal(["kick entity/E-other"]);
      expect(plan.blocked.map(({ reason }) => reason)).to.deep.equal([
        "NotAddressable",
        "NotAddressable",
      ]);
      for (const { item, message } of plan.blocked) {
        expect(item.length).to.be.lessThan(300);
        expect(message).to.match(/^no address can hold the name of this (entity|artifact) \(/);
        expect(message.length).to.be.lessThan(250);
      }
    });
  }

  it("still removes a stranger whose name is too long for a spec", () => {
    const name = "E".repeat(300);
    const plan = makePlan(aPlanInput({ room: { entities: [name] } }));
    expect(steps(plan)).to.deep.equal([`kick entity/${name}`]);
  });
});

describe("entityDifferences", () => {
  const cases: readonly {
    readonly name: string;
    readonly desired: Omit<Exclude<EntityGiven, string>, "id">;
    readonly observed: Omit<ObservedEntity, "id">;
    readonly want: readonly string[];
  }[] = [
    { name: "nothing that the server says", desired: { kind: "human" }, observed: {}, want: [] },
    { name: "kinds of another case", desired: {}, observed: { kind: "AGENT" }, want: [] },
    { name: "another kind", desired: {}, observed: { kind: "npc" }, want: ["kind"] },
    {
      name: "visibilities of another case",
      desired: {},
      observed: { visibility: "Team" },
      want: [],
    },
    {
      name: "null for the default visibility",
      desired: {},
      observed: { visibility: null },
      want: [],
    },
    {
      name: "null for a visibility that is not the default",
      desired: { visibility: "owner" },
      observed: { visibility: null },
      want: ["visibility"],
    },
    { name: "no name on both sides", desired: {}, observed: { displayName: null }, want: [] },
    {
      name: "names of another case",
      desired: { displayName: "Ada" },
      observed: { displayName: "ada" },
      want: ["displayName"],
    },
    {
      name: "another owner",
      desired: { ownerUserId: "U-1" },
      observed: { ownerUserId: null },
      want: ["ownerUserId"],
    },
    {
      name: "capabilities in another order and twice",
      desired: { capabilities: ["b", "a"] },
      observed: { capabilities: ["a", "b", "a"] },
      want: [],
    },
    { name: "null for no capabilities", desired: {}, observed: { capabilities: null }, want: [] },
    {
      name: "a capability too many",
      desired: { capabilities: ["a"] },
      observed: { capabilities: ["a", "b"] },
      want: ["capabilities"],
    },
    { name: "a policy without members", desired: {}, observed: { policy: {} }, want: [] },
    {
      name: "a policy of nulls",
      desired: {},
      observed: {
        policy: {
          allow_commands_from: null,
          sandbox_mode: null,
          env_whitelist: null,
          scopes: null,
          rateLimit: null,
        },
      },
      want: [],
    },
    {
      name: "every member of a policy",
      desired: {},
      observed: {
        policy: {
          allow_commands_from: "Any",
          sandbox_mode: true,
          env_whitelist: ["LANG"],
          scopes: ["net:*"],
          rateLimit: { perMinute: 30 },
        },
      },
      want: [
        "policy.allow_commands_from",
        "policy.sandbox_mode",
        "policy.env_whitelist",
        "policy.scopes",
        "policy.rateLimit.perMinute",
      ],
    },
    {
      name: "scopes and environment in another order",
      desired: { policy: { scopes: ["a", "b"], env_whitelist: ["X", "Y"] } },
      observed: { policy: { scopes: ["b", "a"], env_whitelist: ["Y", "X"] } },
      want: [],
    },
    {
      name: "the same rate limit",
      desired: { policy: { rateLimit: { perMinute: 3 } } },
      observed: { policy: { rateLimit: { perMinute: 3 } } },
      want: [],
    },
  ];
  for (const { name, desired, observed, want } of cases) {
    it(`finds ${want.length === 0 ? "no difference" : want.join(", ")} in ${name}`, () => {
      const found = entityDifferences(anEntity({ id: "E-1", ...desired }), {
        id: "E-1",
        ...observed,
      });
      expect(found).to.deep.equal(want);
    });
  }
});
