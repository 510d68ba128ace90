import { expect } from "chai";
import { attentionOf } from "../../../agent/status/attention.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld, STALE_MS } from "../../support/pass-world.ts";
import { ada, nameOf, refuseNames, rename } from "./a-refused-update.ts";

const SPEC = { annotations: { "room-operator/drift": "report" }, entities: [ada("v1"), "E-2"] };

/** A room whose drift is only reported, and whose E-1 somebody renamed. */
async function aDriftedRoom(): Promise<PassWorld> {
  const world = new PassWorld();
  await world.verified(SPEC);
  await world.clock.advance(STALE_MS);
  rename(world, "other");
  await world.pass();
  expect(await reasonOf(world)).to.equal("DriftReported");
  return world;
}

const reasonOf = async (world: PassWorld) => attentionOf(await world.row())?.reason;

describe("an entity that the agent took out to update it, where drift is only reported", () => {
  it("is joined by the next pass where a request's join was not answered", async () => {
    const world = await aDriftedRoom();
    world.server.failAt("join", 1, UNREACHABLE);
    await world.pass({ trigger: "apply" });
    expect(nameOf(world)).to.equal("absent");
    await world.pass();
    expect(nameOf(world)).to.equal("v1");
    await world.pass();
    expect(await reasonOf(world)).to.equal(undefined);
    expect((await world.row()).takenOut).to.deep.equal([]);
  });

  it("is joined after a crash between kick and join", async () => {
    const world = await aDriftedRoom();
    world.server.failAt("join", 1, UNREACHABLE);
    world.store.failWrites(2, 1);
    await world.pass({ trigger: "apply" }).catch(() => undefined);
    expect(nameOf(world)).to.equal("absent");
    expect((await world.store.readOpenIntents(A_ROOM)).length).to.equal(1);
    await world.pass();
    await world.pass();
    expect(nameOf(world)).to.equal("v1");
  });

  it("goes before the drift of others, which stays", async () => {
    const world = await aDriftedRoom();
    world.server.failAt("join", 1, UNREACHABLE);
    await world.pass({ trigger: "apply" });
    await world.clock.advance(STALE_MS);
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: room.entities.filter(({ id }) => id !== "E-2"),
    }));
    await world.pass();
    expect(nameOf(world)).to.equal("v1");
    expect(nameOf(world, "E-2")).to.equal("absent");
    rename(world, "once more");
    await world.clock.advance(STALE_MS);
    await world.pass();
    expect(nameOf(world)).to.equal("once more");
    expect(nameOf(world, "E-2")).to.equal("absent");
    expect(await reasonOf(world)).to.equal("DriftReported");
  });

  it("is said in each pass where the RoomServer refuses it", async () => {
    const world = await aDriftedRoom();
    refuseNames(world, "v1", "other");
    await world.pass({ trigger: "apply" });
    await world.clock.advance(STALE_MS);
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: room.entities.filter(({ id }) => id !== "E-2"),
    }));
    const drifted = (await world.audit()).filter((action) => action === "room.drifted").length;
    for (let pass = 0; pass < 3; pass += 1) {
      await world.pass();
      expect(attentionOf(await world.row())?.message).to.include("out of the room");
    }
    const now = (await world.audit()).filter((action) => action === "room.drifted");
    expect(now, "by the agent itself").to.have.length(drifted);
    refuseNames(world);
    await world.pass();
    expect(nameOf(world)).to.equal("v1");
  });

  it("is drift again where its old attributes were joined back", async () => {
    const world = await aDriftedRoom();
    refuseNames(world, "v1");
    await world.pass({ trigger: "apply" });
    expect(nameOf(world)).to.equal("other");
    world.forget();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    expect(await reasonOf(world)).to.equal("DriftReported");
  });
});
