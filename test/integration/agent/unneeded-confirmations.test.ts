import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

describe("a confirmation that was not needed", () => {
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
    });
    world.commit({ "README.md": "rooms" });
    await world.start();
  });

  after(async () => {
    await world.remove();
  });

  afterEach(async () => {
    await setFaults(world.roomServerUrl);
  });

  /** A verified room with so many entities. */
  async function aRoom(entities: number): Promise<RoomStory> {
    made += 1;
    const room = new RoomStory(world, `room-unneeded-${made}`);
    const answer = await room.push({ entities: entityIds(entities) });
    expect(answer.body["outcome"], JSON.stringify(answer.body)).to.equal("converged");
    await room.newWrites();
    return room;
  }

  const six = entityIds(6, 2);

  it("is spent once the room is as its spec says", async () => {
    const room = await aRoom(7);
    await room.driftOut(...six);
    await room.push({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await world.verified(room.id);
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(7));
  });

  it("is spent when it names the room, also after a restart", async () => {
    const room = await aRoom(7);
    await room.driftOut(...six);
    await room.push({ version: 2, entities: ["E-01"] }, `Shrink\n\nConfirm: ${room.id}`);
    await world.stop();
    await world.start();
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(7));
  });

  it("is spent when drift that it names left by itself", async () => {
    const room = await aRoom(1);
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    await room.driftOut(...six);
    expect((await room.say(`Out\n\nConfirm: ${room.id}`)).status).to.equal(200);
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(7));
  });

  it("is spent when it came with a request and others did the work", async () => {
    const room = await aRoom(7);
    expect((await room.push({ version: 2, entities: ["E-01"] })).status).to.equal(412);
    const down = { kind: "status", operation: "kick", status: 503, room: room.id } as const;
    await setFaults(world.roomServerUrl, down);
    await room.pass({ "X-Confirm": "true" });
    await room.driftOut(...six);
    await setFaults(world.roomServerUrl);
    await world.verified(room.id);
    await room.driftIn(...six);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(7));
  });
});
