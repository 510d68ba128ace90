import { expect } from "chai";
import type { Action } from "../../../../agent/plan/plan.ts";
import { isAsBefore } from "../../../../agent/reconcile/sending/is-as-before.ts";
import { anArtifact, anEntity, aResource } from "../../../support/a-room-spec.ts";
import { aRoomState, type RoomStateGiven } from "../../../support/a-room-state.ts";

const wanted = anEntity({ id: "E-1", displayName: "New" });
const old = { id: "E-1", displayName: "Old" };
const join: Action = { kind: "join", item: "entity/E-1", entity: wanted };
const replace: Action = { ...join, kind: "replace", previous: old };
const kick: Action = { kind: "kick", item: "entity/E-1", previous: old };
const notes = { name: "notes", fingerprint: "aa" };
const seed: Action = {
  kind: "seed",
  item: "artifact/notes",
  artifact: anArtifact("notes"),
  oid: "o",
  fingerprint: "bb",
};
const reseed: Action = { ...seed, previous: notes };
const promote: Action = { kind: "promote", item: "artifact/notes", artifact: anArtifact("notes") };
const remove: Action = { kind: "delete", item: "artifact/notes", previous: notes };
const setPolicy: Action = {
  kind: "setPolicy",
  item: "policy/maxArtifactsPerEntity",
  policy: "maxArtifactsPerEntity",
  value: 7,
  previous: null,
  removal: false,
};
const resource: Action = {
  kind: "ensureResource",
  item: "resource/search",
  resource: aResource({ name: "search", config: { url: "x" } }),
};
const known: Action = { ...resource, previous: { name: "search", config: { url: "w" } } };

const cases: readonly (readonly [string, Action, RoomStateGiven, boolean])[] = [
  ["a join of who is absent", join, {}, true],
  ["a join of who is there with other attributes", join, { entities: [old] }, false],
  ["a replace of who is as before", replace, { entities: [old] }, true],
  ["a replace of who is gone", replace, {}, false],
  ["a replace of who is there otherwise", replace, { entities: [{ ...old, kind: "npc" }] }, false],
  ["a kick of who is there", kick, { entities: [old] }, true],
  ["a kick of who is gone", kick, {}, false],
  ["a first seed that is absent", seed, {}, true],
  ["a first seed that is there with other content", seed, { artifacts: [notes] }, false],
  ["a seed over the same content", reseed, { artifacts: [notes] }, true],
  [
    "a seed over other content",
    reseed,
    { artifacts: [{ name: "notes", fingerprint: "cc" }] },
    false,
  ],
  ["a seed whose content is not shown", reseed, { artifacts: [{ name: "notes" }] }, false],
  ["a seed whose artifact is gone", reseed, {}, false],
  ["a promote that shows none", promote, { artifacts: [{ ...notes, isPromoted: false }] }, true],
  ["a promote that the server does not show", promote, { artifacts: [notes] }, false],
  ["a delete of what is there", remove, { artifacts: [notes] }, true],
  ["a delete of what is gone", remove, {}, false],
  ["a policy with its default", setPolicy, { policies: {} }, true],
  ["a policy with a third value", setPolicy, { policies: { maxArtifactsPerEntity: 8 } }, false],
  ["a resource that is absent", resource, {}, true],
  [
    "a resource with the same configuration",
    known,
    { resources: [{ name: "search", status: "ready", config: { url: "w" } }] },
    true,
  ],
  [
    "a resource with a third configuration",
    known,
    { resources: [{ name: "search", config: { url: "y" } }] },
    false,
  ],
];

describe("isAsBefore", () => {
  for (const [name, action, room, want] of cases) {
    it(`is ${want} for ${name}`, () => {
      expect(isAsBefore(action, aRoomState(room))).to.equal(want);
    });
  }

  it("is false for a policy where the server shows none", () => {
    const { policies: _unseen, ...room } = aRoomState({});
    expect(isAsBefore(setPolicy, room)).to.equal(false);
  });
});
