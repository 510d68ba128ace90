import { expect } from "chai";
import type { Item } from "../../../agent/plan/item.ts";
import { makeInverse, type Undo, type UndoInput } from "../../../agent/plan/inverse.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { Action } from "../../../agent/plan/plan.ts";
import type { ObservedEntity } from "../../../agent/plan/room-state.ts";
import { aSeed } from "../../support/a-desired-room.ts";
import { aPlan, aPlanInput, type PlanInputGiven } from "../../support/a-plan-input.ts";
import { anArtifact, anEntity, aResource } from "../../support/a-room-spec.ts";
import {
  REST_CAPABILITIES,
  aRoomState,
  anObservedArtifact,
  type RoomStateGiven,
} from "../../support/a-room-state.ts";

/** The undo of each action of the plan from `room` to the spec. */
function inverse(given: PlanInputGiven, over: Partial<UndoInput> = {}): readonly Undo[] {
  const input = aPlanInput(given);
  return makeInverse(makePlan(input), inputOf(given.room, over));
}

function inputOf(room: RoomStateGiven = {}, over: Partial<UndoInput> = {}): UndoInput {
  return {
    observed: aRoomState(room),
    capabilities: REST_CAPABILITIES,
    entities: new Map(),
    held: new Map(),
    ...over,
  };
}

/** `kind item` of what takes each action back, or why nothing does. */
function words(undos: readonly Undo[]): readonly string[] {
  return undos.map((undo) => {
    const of = `${undo.of.kind} ${undo.of.item}`;
    const how =
      undo.kind === "undo" ? undo.actions.map(({ kind }) => kind).join(", ") : undo.reason;
    return `${of}: ${how}`;
  });
}

function held(name: string, content: string): UndoInput["held"] {
  const artifact = anArtifact(name);
  const { oid, fingerprint } = aSeed(artifact, content);
  return new Map([[name, { oid, fingerprint, artifact }]]);
}

/** What the only action of the only undo does. */
function only(undos: readonly Undo[]): Action {
  const [undo] = undos;
  const [action] = undo?.kind === "undo" ? undo.actions : [];
  if (undos.length !== 1 || action === undefined) throw new Error(JSON.stringify(undos));
  return action;
}

describe("the inverse of a plan", () => {
  it("of a join is a kick, of a kick a join with the old attributes", () => {
    const old = { ...anEntity("E-old"), displayName: "Old", capabilities: ["b", "a"] };
    const undos = inverse({ spec: { entities: ["E-new"] }, room: { entities: [old] } });
    expect(words(undos)).to.deep.equal(["join entity/E-new: kick", "kick entity/E-old: join"]);
    expect(undos[1]).to.have.deep.nested.property("actions[0].entity", old);
  });

  it("of a replace is a replace with the old attributes", () => {
    const old = { ...anEntity("E-1"), displayName: "Old" };
    const undo = only(inverse({ spec: { entities: ["E-1"] }, room: { entities: [old] } }));
    expect(undo).to.deep.equal({
      kind: "replace",
      item: "entity/E-1",
      entity: old,
      previous: anEntity("E-1"),
    });
  });

  it("does not invent attributes that the server left out and no spec tells", () => {
    const told: ObservedEntity = { id: "E-1", kind: "human", visibility: "team", capabilities: [] };
    const given = { room: { entities: [told] } };
    const [undo] = inverse(given);
    expect(undo).to.include({ kind: "cannot", reason: "PreviousUnknown" });
    expect(undo).to.have.property("message").that.includes("policy.scopes");

    const known = { ...anEntity("E-1"), policy: { ...anEntity("E-1").policy, sandbox_mode: true } };
    const back = only(inverse(given, { entities: new Map([["E-1", known]]) }));
    expect(back).to.deep.nested.include({ "entity.kind": "human" });
    expect(back).to.deep.nested.include({ "entity.policy.sandbox_mode": true });
  });

  it("of a new artifact is its deletion, which takes its promotion along", () => {
    const artifact = { ...anArtifact("notes"), promoteAfterSeed: true };
    expect(words(inverse({ spec: { artifacts: [artifact] } }))).to.deep.equal([
      "seed artifact/notes: delete",
      "promote artifact/notes: ",
    ]);
  });

  it("of an overwritten artifact is its old content, promoted where it was", () => {
    const { fingerprint } = aSeed(anArtifact("notes"), "old");
    const cases = [
      { isPromoted: false, how: "seed" },
      { isPromoted: true, how: "seed, promote" },
    ];
    for (const { isPromoted, how } of cases) {
      const room = { artifacts: [anObservedArtifact("notes", { fingerprint, isPromoted })] };
      const undos = inverse(
        { spec: { artifacts: ["notes"] }, room },
        { held: held("notes", "old") },
      );
      expect(words(undos), how).to.deep.equal([`seed artifact/notes: ${how}`]);
      expect(undos[0]).to.have.nested.property("actions[0].fingerprint", fingerprint);
    }
  });

  it("of a deletion is the old content, where the store holds it", () => {
    const room = { artifacts: ["notes"] };
    expect(words(inverse({ room }, { held: held("notes", "hello") }))).to.deep.equal([
      "delete artifact/notes: seed",
    ]);
    const [undo] = inverse({ room });
    expect(undo).to.include({ kind: "cannot", reason: "ContentNotHeld" });
    expect(undo).to.have.property("message").that.includes("cannot read content back");
  });

  it("says that a promotion alone cannot be taken back", () => {
    const artifact = { ...anArtifact("notes"), promoteAfterSeed: true };
    const undos = inverse({ spec: { artifacts: [artifact] }, room: { artifacts: ["notes"] } });
    expect(words(undos)).to.deep.equal(["promote artifact/notes: Unsupported"]);
  });

  it("says of the promotion of a content that cannot be put back what it says of the content", () => {
    const artifact = { ...anArtifact("notes"), promoteAfterSeed: true };
    const room = { artifacts: [anObservedArtifact("notes", { fingerprint: "f00" })] };
    expect(words(inverse({ spec: { artifacts: [artifact] }, room }))).to.deep.equal([
      "seed artifact/notes: ContentNotHeld",
      "promote artifact/notes: ContentNotHeld",
    ]);
  });

  it("of a policy is its old value, or its default where the room did not list it", () => {
    const spec = { policies: { maxArtifactsPerEntity: 7 } };
    const listed = only(inverse({ spec, room: { policies: { maxArtifactsPerEntity: 3 } } }));
    expect(listed).to.include({ kind: "setPolicy", value: 3, previous: 7, removal: false });
    expect(only(inverse({ spec }))).to.include({ value: 100 });
    expect(words(inverse({ spec, room: { policies: null } }))).to.deep.equal([
      "setPolicy policy/maxArtifactsPerEntity: PreviousUnknown",
    ]);
  });

  it("of a resource is its old config; a new one stays", () => {
    const spec = { resources: [{ ...aResource("search"), config: { url: "b" } }] };
    const before = { name: "search", type: "mcp-tool", config: { url: "a" } };
    const back = only(inverse({ spec, room: { resources: [before] } }));
    expect(back).to.deep.nested.include({ "resource.config": { url: "a" } });
    expect(words(inverse({ spec }))).to.deep.equal(["ensureResource resource/search: Unsupported"]);
    expect(
      words(inverse({ spec, room: { resources: [{ name: "search", type: "old" }] } })),
    ).to.deep.equal(["ensureResource resource/search: PreviousUnknown"]);
  });

  it("says what the protocol has no call for", () => {
    const capabilities = { ...REST_CAPABILITIES, kickEntity: false, deleteArtifact: false };
    const spec = { entities: ["E-1"], artifacts: ["notes"] };
    expect(words(inverse({ spec }, { capabilities }))).to.deep.equal([
      "join entity/E-1: Unsupported",
      "seed artifact/notes: Unsupported",
    ]);
  });

  it("of nothing is nothing", () => {
    const item: Item = "entity/E-1";
    expect(makeInverse(aPlan([]), inputOf({ entities: ["E-1"] }))).to.deep.equal([]);
    expect(makeInverse(aPlan([]), inputOf()).map(({ of }) => of.item)).to.not.include(item);
  });
});
