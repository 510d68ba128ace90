import { expect } from "chai";
import { FingerprintCache, loadDesiredRoom } from "../../../agent/reconcile/desired-room.ts";
import type { RoomPreview } from "../../../agent/reconcile/preview-room.ts";
import { joinEntity } from "../../../devserver/room.ts";
import { A_ROOM, anEntity, type RoomSpecGiven } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";

const entities = (...ids: readonly string[]) => ({ entities: ids.map((id) => anEntity(id)) });

const planned = (preview: RoomPreview) => {
  if (preview.kind === "failed") throw new Error(preview.message);
  return preview;
};

describe("what a pass would do over inputs that a room does not have yet", () => {
  let world: PassWorld;
  beforeEach(() => {
    world = new PassWorld();
  });

  const preview = async (given: RoomSpecGiven) => {
    const inputs = await world.inputs(given);
    const desired = await loadDesiredRoom(inputs, world.store, new FingerprintCache());
    return world.preview(inputs, desired);
  };
  /** All that a preview could leave behind. */
  const traces = async () =>
    JSON.stringify([
      await world.row(),
      await world.audit(),
      world.intents(),
      world.server.writes,
      world.cache.get(A_ROOM),
      world.metrics.told,
    ]);

  it("shows what is added and removed, and writes nothing anywhere", async () => {
    await world.verified({ ...entities("E-1", "E-2", "E-3") });
    const before = await traces();
    const found = planned(await preview({ ...entities("E-1", "E-4"), version: 2 }));
    expect(found.plan.actions.map(({ kind, item }) => `${kind} ${item}`)).to.deep.equal([
      "join entity/E-4",
      "kick entity/E-2",
      "kick entity/E-3",
    ]);
    expect(await traces()).to.equal(before);
    expect(found.refused).to.deep.equal(["entity/E-2", "entity/E-3"]);
    expect(found.refusals.map(({ reason }) => reason)).to.include("ChangeThresholdExceeded");
  });

  it("names the plan as the pass names it once the inputs are the room's", async () => {
    await world.verified({ ...entities("E-1", "E-2", "E-3") });
    const proposed = { ...entities("E-1"), version: 2 };
    const { digest, refused } = planned(await preview(proposed));
    await world.push(proposed);
    await world.pass();
    const { pendingPlan } = await world.row();
    expect(pendingPlan?.digest).to.equal(digest);
    expect([...(pendingPlan?.removals ?? [])].sort()).to.deep.equal(refused);
  });

  it("does not count what was confirmed for something else", async () => {
    await world.verified({ ...entities("E-1", "E-2", "E-3") });
    await world.confirm(["entity/E-2", "entity/E-3"], true);
    const { refused } = planned(await preview({ ...entities("E-1"), version: 2 }));
    expect(refused).to.deep.equal(["entity/E-2", "entity/E-3"]);
  });

  it("shows the refusals of a room that nothing may be written to now, and why not", async () => {
    await world.verified({ ...entities("E-1", "E-2", "E-3") });
    const closed = {
      guardrail: "suspend",
      reason: "Suspended",
      message: "suspended by Ada",
      condition: null,
      confirmable: false,
    } as const;
    world.gates = [{ closedFor: () => closed }];
    const found = planned(await preview({ ...entities("E-1"), version: 2 }));
    expect(found.closed).to.equal("suspended by Ada");
    expect(found.refused).to.deep.equal(["entity/E-2", "entity/E-3"]);
  });

  it("does not ask for a plan that a pull request has shown: it is that plan", async () => {
    world = new PassWorld({ reviewOf: () => ({ isRequired: true }) });
    await world.verified({ ...entities("E-1") });
    const found = planned(await preview({ ...entities("E-1", "E-2"), version: 2 }));
    expect(found.refusals).to.deep.equal([]);
  });

  it("refuses every removal in a room that was never verified", async () => {
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-x"), 0).room);
    const found = planned(await preview({ ...entities("E-1") }));
    expect(found.plan.actions.map(({ kind }) => kind)).to.deep.equal(["join", "kick"]);
    expect(found.refused).to.deep.equal(["entity/E-x"]);
    expect(found.refusals.map(({ reason }) => reason)).to.include("AdoptionNeedsConfirm");
  });

  it("fails with the server's word where the room cannot be read", async () => {
    await world.verified({ ...entities("E-1") });
    world.cache.drop(A_ROOM);
    world.server.failAt("readState", 1, UNREACHABLE);
    const found = await preview({ ...entities("E-1", "E-2"), version: 2 });
    expect(found).to.include({ kind: "failed", message: UNREACHABLE.message });
  });

  it("fails where the room reads as it cannot be, and keeps that read from the passes", async () => {
    await world.verified({ ...entities("E-1", "E-2", "E-3") });
    world.cache.drop(A_ROOM);
    world.server.view = (state) => ({ ...state, entities: [] });
    const found = await preview({ ...entities("E-1", "E-4"), version: 2 });
    expect(found.kind).to.equal("failed");
    expect("message" in found ? found.message : "").to.contain("empty room");
    expect(world.cache.get(A_ROOM)).to.equal(undefined);
  });
});
