import { expect } from "chai";
import type { Action } from "../../../../agent/plan/plan.ts";
import type { ObservedEntity } from "../../../../agent/plan/room-state.ts";
import {
  settleAction,
  type Settlement,
} from "../../../../agent/reconcile/sending/settle-action.ts";
import { anArtifact, anEntity, aResource } from "../../../support/a-room-spec.ts";
import {
  anObservedArtifact,
  aRoomState,
  type RoomStateGiven,
} from "../../../support/a-room-state.ts";

const wanted = anEntity({ id: "E-1", displayName: "Ada", capabilities: ["a", "b"] });
const join: Action = { kind: "join", item: "entity/E-1", entity: wanted };
const replace: Action = { ...join, kind: "replace", previous: { id: "E-1" } };
const kick: Action = { kind: "kick", item: "entity/E-1", previous: { id: "E-1" } };
const notes = anArtifact("notes");
const { fingerprint = "" } = anObservedArtifact("notes");
const seed: Action = {
  kind: "seed",
  item: "artifact/notes",
  artifact: notes,
  oid: "o",
  fingerprint,
};
const promote: Action = { kind: "promote", item: "artifact/notes", artifact: notes };
const remove: Action = { kind: "delete", item: "artifact/notes", previous: { name: "notes" } };
const resource: Action = {
  kind: "ensureResource",
  item: "resource/search",
  resource: aResource({ name: "search", config: { url: "x", timeout: 3 } }),
};

function setPolicy(
  policy: "dmVisibilityDefault" | "allowResourceCreation" | "maxArtifactsPerEntity",
  value: string | boolean | number,
): Action {
  const item = `policy/${policy}` as const;
  return { kind: "setPolicy", item, policy, value, previous: null, removal: false };
}

const entity = (given: Partial<ObservedEntity>): RoomStateGiven => ({
  entities: [{ ...wanted, ...given }],
});

const cases: readonly {
  readonly name: string;
  readonly action: Action;
  readonly room: RoomStateGiven;
  readonly want: Settlement;
}[] = [
  { name: "a join of who is there as wanted", action: join, room: entity({}), want: "done" },
  { name: "a join of who is absent", action: join, room: {}, want: "notDone" },
  {
    name: "a join of who is there with other attributes",
    action: join,
    room: entity({ displayName: "Bob" }),
    want: "notDone",
  },
  {
    name: "a join that the server shows in its own way",
    action: join,
    room: entity({ kind: "AGENT", capabilities: ["b", "a", "a"], visibility: "Team" }),
    want: "done",
  },
  {
    name: "a join of which the server says nothing but the id",
    action: join,
    room: { entities: [{ id: "E-1" }] },
    want: "done",
  },
  { name: "a replace that shows", action: replace, room: entity({}), want: "done" },
  {
    name: "a replace of which the old attributes show",
    action: replace,
    room: entity({ displayName: "Bob" }),
    want: "notDone",
  },
  { name: "a replace cut off after its kick", action: replace, room: {}, want: "notDone" },
  { name: "a kick of who is gone", action: kick, room: {}, want: "done" },
  { name: "a kick of who is there", action: kick, room: entity({}), want: "notDone" },
  {
    name: "a kick of who is there with other attributes",
    action: kick,
    room: entity({ displayName: "Bob" }),
    want: "notDone",
  },
  { name: "a seed that is there", action: seed, room: { artifacts: ["notes"] }, want: "done" },
  { name: "a seed that is absent", action: seed, room: {}, want: "notDone" },
  {
    name: "a seed with other content",
    action: seed,
    room: { artifacts: [{ name: "notes", fingerprint: "other" }] },
    want: "notDone",
  },
  {
    name: "a seed whose fingerprint nobody tells",
    action: seed,
    room: { artifacts: [{ name: "notes" }] },
    want: "unknown",
  },
  {
    name: "a promotion that shows",
    action: promote,
    room: { artifacts: [anObservedArtifact("notes", { isPromoted: true })] },
    want: "done",
  },
  {
    name: "a promotion that does not show",
    action: promote,
    room: { artifacts: ["notes"] },
    want: "notDone",
  },
  { name: "a promotion of what is absent", action: promote, room: {}, want: "notDone" },
  {
    name: "a promotion that the server does not tell",
    action: promote,
    room: { artifacts: [{ name: "notes", fingerprint }] },
    want: "unknown",
  },
  { name: "a delete of what is gone", action: remove, room: {}, want: "done" },
  {
    name: "a delete of what is there",
    action: remove,
    room: { artifacts: ["notes"] },
    want: "notDone",
  },
  {
    name: "a policy with its value",
    action: setPolicy("maxArtifactsPerEntity", 7),
    room: { policies: { maxArtifactsPerEntity: 7 } },
    want: "done",
  },
  {
    name: "a policy with another value",
    action: setPolicy("maxArtifactsPerEntity", 7),
    room: { policies: { maxArtifactsPerEntity: 8 } },
    want: "notDone",
  },
  {
    name: "a policy whose value shows in other case",
    action: setPolicy("dmVisibilityDefault", "owner"),
    room: { policies: { dmVisibilityDefault: "Owner" } },
    want: "done",
  },
  {
    name: "a policy set to its default that is not listed",
    action: setPolicy("dmVisibilityDefault", "team"),
    room: { policies: {} },
    want: "done",
  },
  {
    name: "a policy set to its default that is listed as null",
    action: setPolicy("allowResourceCreation", false),
    room: { policies: { allowResourceCreation: null } },
    want: "done",
  },
  {
    name: "a policy set to something else that is not listed",
    action: setPolicy("dmVisibilityDefault", "owner"),
    room: { policies: {} },
    want: "notDone",
  },
  {
    name: "a policy of a server that carries none",
    action: setPolicy("dmVisibilityDefault", "owner"),
    room: { policies: null },
    want: "unknown",
  },
  {
    name: "a resource that is there as wanted",
    action: resource,
    room: {
      resources: [{ name: "search", type: "mcp-tool", config: { timeout: 3, url: "x" } }],
    },
    want: "done",
  },
  { name: "a resource that is absent", action: resource, room: {}, want: "notDone" },
  {
    name: "a resource with the old configuration",
    action: resource,
    room: { resources: [{ name: "search", type: "mcp-tool", config: { url: "y" } }] },
    want: "notDone",
  },
  {
    name: "a resource of another type",
    action: resource,
    room: { resources: [{ name: "search", type: "mcp-store" }] },
    want: "notDone",
  },
  {
    name: "a resource of which the server says nothing but the name",
    action: resource,
    room: { resources: [{ name: "search" }] },
    want: "done",
  },
];

describe("settleAction", () => {
  for (const { name, action, room, want } of cases) {
    it(`calls ${name} ${want}`, () => {
      expect(settleAction(action, aRoomState(room))).to.equal(want);
    });
  }

  describe("of a name that is listed twice, with attributes that differ", () => {
    const entities = [{ ...wanted, displayName: "Bob" }, wanted];
    const artifacts = [anObservedArtifact("notes"), { name: "notes", fingerprint: "other" }];
    for (const { action, want } of [
      { action: join, want: "unknown" },
      { action: replace, want: "unknown" },
      { action: seed, want: "unknown" },
      { action: promote, want: "unknown" },
      { action: kick, want: "notDone" },
      { action: remove, want: "notDone" },
    ])
      it(`calls ${action.kind} ${want}, whichever comes first`, () => {
        const turned = { entities: entities.toReversed(), artifacts: artifacts.toReversed() };
        for (const room of [{ entities, artifacts }, turned])
          expect(settleAction(action, aRoomState(room))).to.equal(want);
      });
  });
});
