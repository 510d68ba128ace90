import { expect } from "chai";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { aPlanInput, blockedSteps, steps } from "../../support/a-plan-input.ts";
import { anObservedArtifact, anObservedEntity } from "../../support/a-room-state.ts";

const entity = (over: object = {}) => ({ ...anObservedEntity("E-1"), ...over });
const artifact = (over: object = {}) => anObservedArtifact("notes", over);
const spec = { entities: ["E-1", "E-2"], artifacts: ["notes"] };

describe("what the RoomServer lists more than once", () => {
  for (const { name, twins, says } of [
    { name: "kind", twins: [{ kind: "bot" }], says: "2 times, which differ in kind;" },
    {
      name: "its name and scopes",
      twins: [{}, { displayName: "other", policy: { scopes: ["all"] } }],
      says: "3 times, which differ in displayName, policy.allow_commands_from, policy.env_whitelist, policy.rateLimit.perMinute, policy.sandbox_mode, policy.scopes;",
    },
    {
      name: "what one of them shows alone",
      twins: [{ displayName: undefined }],
      says: "2 times, which differ in displayName;",
    },
  ])
    it(`is blocked where entities differ in ${name}, whichever comes first, and the rest is planned`, () => {
      const copies = [entity(), ...twins.map((twin) => entity(twin))];
      const artifacts = ["notes"];
      const plan = makePlan(aPlanInput({ spec, room: { entities: copies, artifacts } }));
      expect(steps(plan)).to.deep.equal(["join entity/E-2"]);
      expect(blockedSteps(plan)).to.deep.equal(["DuplicateItem entity/E-1"]);
      expect(plan.blocked[0]?.message).to.include(`the RoomServer lists it ${says}`);
      const turned = { entities: copies.toReversed(), artifacts };
      expect(makePlan(aPlanInput({ spec, room: turned }))).to.deep.equal(plan);
    });

  it("is blocked where artifacts differ in their content", () => {
    const artifacts = [artifact(), artifact({ fingerprint: "0".repeat(64), isPromoted: true })];
    const plan = makePlan(aPlanInput({ spec, room: { entities: ["E-1", "E-2"], artifacts } }));
    expect(steps(plan)).to.deep.equal([]);
    expect(blockedSteps(plan)).to.deep.equal(["DuplicateItem artifact/notes"]);
    expect(plan.blocked[0]?.message).to.include("differ in content, isPromoted;");
  });

  it("is one item where the copies are alike in all that is compared", () => {
    const entities = [
      entity(),
      entity({ kind: entity().kind?.toUpperCase(), visibility: null }),
      "E-2",
    ];
    const artifacts = [artifact({ size: 1 }), artifact({ size: 2 })];
    const plan = makePlan(aPlanInput({ spec, room: { entities, artifacts } }));
    expect([plan.actions, plan.blocked]).to.deep.equal([[], []]);
    const stale = { ...spec, entities: [{ id: "E-1", displayName: "new" }, "E-2"] };
    expect(
      steps(makePlan(aPlanInput({ spec: stale, room: { entities, artifacts } }))),
    ).to.deep.equal(["replace entity/E-1"]);
  });

  it("is removed where the spec does not name it", () => {
    const entities = [entity(), entity({ kind: "bot" })];
    const artifacts = [artifact(), artifact({ type: "other" })];
    const plan = makePlan(aPlanInput({ room: { entities, artifacts } }));
    expect(steps(plan)).to.have.members(["kick entity/E-1", "delete artifact/notes"]);
    expect(plan.blocked).to.deep.equal([]);
  });

  it("is left where the spec only protects it from deletion", () => {
    const kept = { artifacts: [{ name: "notes", seedFrom: null }] };
    const artifacts = [artifact(), artifact({ type: "other" })];
    const plan = makePlan(aPlanInput({ spec: kept, room: { artifacts } }));
    expect([plan.actions, plan.blocked]).to.deep.equal([[], []]);
  });
});
