import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { LyingServer } from "./lying-server.ts";
import { RoomStory } from "../../support/room-story.ts";

describe("what a RoomServer shows of a room", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let server: LyingServer;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create();
    server = await LyingServer.start(world.roomServerUrl);
    await world.start({ RoomServer__BaseUrl: server.url });
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
    await server.stop();
  });

  afterEach(() => {
    server.lie = (state) => state;
  });

  function fresh(): RoomStory {
    made += 1;
    return new RoomStory(world, `room-large-${made}`);
  }

  it("and is too much, leaves that room alone and every other room unaffected", async () => {
    const room = fresh();
    const other = fresh();
    await room.push({ entities: ["E-1"] });
    await world.verified(room.id);
    await room.newWrites();
    server.lie = (state) =>
      state["roomId"] === room.id
        ? { ...state, policies: { other: Array(200_000).fill(1) } }
        : state;
    const head = room.commit({ version: 2, entities: ["E-1", "E-2"] });
    const { conditions } = await world.reason(room.id, "AnswerTooLarge");
    expect(conditions[0]).to.include({ type: "Ready", status: "False", reason: "AnswerTooLarge" });
    expect(conditions[0]?.message).to.include("the answer holds more than 100000 values");
    await other.push({ entities: ["E-9"] });
    await world.verified(other.id);
    expect(await other.entities()).to.deep.equal(["E-9"]);
    expect(await room.newWrites()).to.deep.equal([]);
    const why = await world.text(`/rooms/${room.id}/explain`);
    expect(why).to.include("AnswerTooLarge").and.include("split the room");
    server.lie = (state) => state;
    await world.verified(room.id, head);
    expect(await room.entities()).to.deep.equal(["E-1", "E-2"]);
  });

  it("and cannot be removed by any address, is reported and not tried again and again", async () => {
    const room = fresh();
    await room.push({ entities: ["E-1"] });
    await world.verified(room.id);
    await room.newWrites();
    await room.driftIn(".", "E".repeat(20_000), "E-stranger");
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(["kick E-stranger"]);
    const { blocked, conditions } = await room.status();
    expect(blocked.map(({ reason }) => reason)).to.deep.equal(["NotAddressable", "NotAddressable"]);
    expect(blocked.map(({ item }) => item.length < 300)).to.deep.equal([true, true]);
    expect(conditions[0]).to.include({ type: "Ready", status: "True" });
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
    const text = await world.text(`/status/rooms/${room.id}`);
    expect(text.length).to.be.lessThan(10_000);
    await room.drift(() => ({ entities: [{ id: "E-1", kind: "agent" }] }));
    await room.pass();
    expect((await room.status()).blocked).to.deep.equal([]);
  });
});
