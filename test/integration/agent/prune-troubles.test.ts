import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

describe("a prune that meets trouble", () => {
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
      Git__Sources__0__Prune: "true",
    });
    world.commit({ "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) });
    await world.start();
  });

  afterEach(() => setFaults(world.roomServerUrl));

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  async function aRoom(count: number): Promise<RoomStory> {
    made += 1;
    const room = new RoomStory(world, `room-trouble-${made}`);
    await room.push({ entities: entityIds(count) });
    return room;
  }

  const refused = (room: RoomStory, target: string) =>
    ({ kind: "status", operation: "kick", room: room.id, target, status: 403 }) as const;

  const remove = (room: RoomStory) =>
    world.commit({ [room.path]: null }, `Remove it\n\nConfirm: ${room.id}`);

  const isPruned = (room: RoomStory) => world.reason(room.id, "Pruned");

  it("keeps what could not be removed, and tries it again under the same confirmation", async () => {
    const room = await aRoom(2);
    await setFaults(world.roomServerUrl, refused(room, "E-02"));
    remove(room);
    await eventually("half done", async () => (await room.entities()).join() === "E-02");
    expect((await room.status()).orphaned).to.equal(true);
    await setFaults(world.roomServerUrl);
    await isPruned(room);
    expect(await room.entities()).to.deep.equal([]);
    expect(await room.audit("confirm")).to.have.length(1);
  });

  it("is not made of a file that was renamed to a name that is not read before it was removed", async () => {
    const room = await aRoom(2);
    const text = specYaml({ roomId: room.id, entities: entityIds(2) });
    const unread = `rooms/${room.id}.yaml`;
    world.commit({ [room.path]: null, [unread]: text }, `Rename it\n\nConfirm: ${room.id}`);
    await world.reason(room.id, "RoomSpecNotRead");
    world.commit({ [unread]: null }, "Remove it");
    await world.reason(room.id, "Orphaned");
    const records = await room.audit("room.orphaned");
    const [first, second] = records.map(({ metadata }) => metadata["notPruned"]);
    expect(first).to.include(`${unread} came with it`);
    expect(second).to.include(`renamed to ${unread}`);
    await room.pass();
    const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    expect(body.blockedBy[0]?.reason).to.equal("Orphaned");
    expect(body.blockedBy[0]?.message).to.include(
      `It is not pruned: ${JSON.stringify(second).slice(1, -1)}`,
    );
    expect(await room.entities()).to.deep.equal(entityIds(2));
    room.commit({ version: 2, entities: entityIds(3) });
    await world.verified(room.id);
    world.commit({ [room.path]: null });
    await world.reason(room.id, "PrunePending");
    expect((await room.audit("room.orphaned")).at(-1)?.metadata).to.not.have.property("notPruned");
  });

  it("has a dry run that a commit ends on record, in a later push and in the same", async () => {
    const rooms = [await aRoom(1), await aRoom(1)];
    for (const room of rooms) {
      world.commit({ [room.path]: null }, `Remove it\n\nDry-Run: ${room.id}`);
      if (room === rooms[0]) await eventually("held", async () => (await room.status()).dryRun);
      world.commit({}, `Do it\n\nConfirm: ${room.id}`);
      await isPruned(room);
      const records = (await room.audit("confirm")).map(({ metadata }) => metadata);
      expect(records).to.have.length(2);
      expect(records.map(({ lifted }) => lifted)).to.have.deep.members([undefined, ["DryRun"]]);
      expect(records.map(({ items }) => items)).to.have.deep.members([undefined, ["entity/E-01"]]);
    }
  });

  it("is rolled back where most of it is refused, and tried again once a person asks", async () => {
    const room = await aRoom(3);
    await setFaults(world.roomServerUrl, refused(room, "E-02"), refused(room, "E-03"));
    remove(room);
    await world.reason(room.id, "Quarantined");
    expect(await room.entities()).to.deep.equal(entityIds(3));
    expect((await room.status()).orphaned).to.equal(true);
    await setFaults(world.roomServerUrl);
    await room.newWrites();
    expect((await room.pass({ "X-Confirm": "true" })).body).to.include({ outcome: "converged" });
    await isPruned(room);
    expect(await room.entities()).to.deep.equal([]);
  });

  it("waits while a file that is not valid may be the room's", async () => {
    const room = await aRoom(2);
    const broken = `${specYaml({ roomId: room.id, version: 2, entities: entityIds(2) })}x: 1\n`;
    world.commit({ [room.path]: null }, "Remove it");
    await world.reason(room.id, "PruneNeedsConfirm");
    world.commit({ [room.path]: broken }, "Bring it back");
    await world.observed();
    await room.newWrites();
    world.commit({}, `Yes\n\nConfirm: ${room.id}`);
    await world.observed();
    await world.reason(room.id, "SpecUnreadable");
    expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(412);
    expect(await room.newWrites()).to.deep.equal([]);
    await room.push({ version: 3, entities: entityIds(2) });
    expect(await room.conditions()).to.include("Ready True Converged");
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("takes a room whose file was not valid when it was removed", async () => {
    const room = await aRoom(2);
    world.commit({ [room.path]: `${specYaml({ roomId: room.id, version: 2 })}x: 1\n` }, "Break it");
    await world.reason(room.id, "SpecInvalid");
    remove(room);
    await isPruned(room);
    expect(await room.entities()).to.deep.equal([]);
  });

  it("is done by the next start where the agent stopped before it began", async () => {
    const room = await aRoom(2);
    await setFaults(world.roomServerUrl, {
      kind: "status",
      operation: "state",
      room: room.id,
      status: 503,
    });
    remove(room);
    await eventually("orphaned", async () => (await room.status()).orphaned);
    await world.stop();
    await setFaults(world.roomServerUrl);
    await world.start();
    await isPruned(room);
    expect(await room.entities()).to.deep.equal([]);
    await world.stop();
    await world.start();
    expect(await room.conditions()).to.include("Orphaned True Pruned");
  });

  it("restores a room whose file comes back after half of it", async () => {
    const room = await aRoom(2);
    await setFaults(world.roomServerUrl, refused(room, "E-02"));
    remove(room);
    await eventually("half done", async () => {
      const now = await room.entities();
      if (now.join() === "E-02") return true;
      throw new Error(JSON.stringify([now, await room.status(), await world.auditOf(room.id)]));
    });
    room.commit({ entities: entityIds(2) }, "Bring it back");
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(entityIds(2));
    expect((await room.status()).orphaned).to.equal(false);
  });
});
