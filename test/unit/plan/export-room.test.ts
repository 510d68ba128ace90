import { expect } from "chai";
import * as fc from "fast-check";
import { exportRoom } from "../../../agent/plan/export-room.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { parseSpec } from "../../../agent/spec/parse-spec.ts";
import { someRoomState } from "../../support/arbitraries.ts";
import { aPlanInput } from "../../support/a-plan-input.ts";

const PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/;

const parsed = (text: string) =>
  parseSpec(new TextEncoder().encode(text), {
    path: "room.room.yaml",
    maxBytes: 1024 ** 2,
    roomIdPattern: PATTERN,
  });

/** What adopting the export of a room would do to it. */
function adoption(observed: RoomState) {
  const text = exportRoom(observed, PATTERN);
  const result = parsed(text);
  if (result.kind === "invalid") throw new Error(JSON.stringify(result.errors));
  const desired = { spec: result.spec, seeds: new Map() };
  const plan = makePlan({ ...aPlanInput(), desired, observed, dmVisibilityRemoved: false });
  const said = text.split("\n").filter((line) => line.startsWith("# NOT IN THIS SPEC"));
  const isSaid = ({ item }: { readonly item: string }) =>
    said.some((line) => line.includes(` ${item.replace("/", " ")} (`));
  return { ...plan, actions: plan.actions.filter((action) => !isSaid(action)), said };
}

describe("the export of a room", () => {
  it("is a valid spec whose adoption changes nothing but what it says, whatever the room holds", () => {
    fc.assert(
      fc.property(someRoomState(), (state) => {
        const { actions, removedPolicies } = adoption(state);
        expect(actions).to.deep.equal([]);
        expect(removedPolicies).to.deep.equal([]);
      }),
    );
  });

  it("is the same for the same room, in whatever order the RoomServer shows it", () => {
    fc.assert(
      fc.property(someRoomState("complete"), (state) => {
        const { entities, artifacts, resources } = state;
        const turned = {
          ...state,
          entities: entities.toReversed(),
          artifacts: artifacts.toReversed(),
          resources: resources.toReversed(),
        };
        expect(exportRoom(turned, PATTERN)).to.equal(exportRoom(state, PATTERN));
      }),
    );
  });

  const ROOM: RoomState = {
    roomId: "lab-01",
    entities: [
      { id: "E-2", kind: "Agent", capabilities: ["b", "a"], visibility: null },
      { id: "a b/c", kind: "robot" },
    ],
    artifacts: [
      { name: "notes", type: "document", workspace: "shared", fingerprint: "ab12", size: 7 },
    ],
    policies: { dmVisibilityDefault: "owner", somethingNew: 1 },
    resources: [{ name: "search", type: "mcp-tool", config: { token: "s3cret" } }],
  };

  it("says in comments what a spec cannot, and no secret", () => {
    const text = exportRoom(ROOM, PATTERN);
    expect(text).to.include("# artifact notes: hash ab12, 7 bytes; to manage its content");
    expect(text).to.match(/^# NOT IN THIS SPEC.*entity a b\/c/m);
    expect(text).to.include("# policy somethingNew: not part of RoomSpec");
    expect(text).to.include("# resource search (mcp-tool): left as it is");
    expect(text).to.not.include("s3cret");
    expect(parsed(text).kind).to.equal("valid");
  });

  it("cannot be led out of its comments by a name", () => {
    const name = "x\nspec: { roomId: other }\n#";
    const text = exportRoom({ ...ROOM, resources: [{ name }] }, PATTERN);
    const result = parsed(text);
    expect(result.kind === "valid" ? result.spec.spec.roomId : "").to.equal("lab-01");
  });
});
