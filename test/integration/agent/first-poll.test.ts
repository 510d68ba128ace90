import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

describe("a start", () => {
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    room = new RoomStory(world, "room-first");
    room.commit({ entities: entityIds(4) });
    await world.start();
    await world.verified(room.id);
    await world.stop();
    await room.newWrites();
  });

  afterEach(() => world.remove());

  it("takes nothing back that was pushed and done while the agent was stopped", async () => {
    await world.kickByHand(room.id, "E-01");
    await room.newWrites();
    room.commit({ version: 2, entities: ["E-02", "E-03", "E-04"] });
    await world.start();
    await world.verified(room.id);
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("corrects drift although the git server is away", async () => {
    await world.kickByHand(room.id, "E-01");
    await room.newWrites();
    world.git.break({ kind: "status", status: 503 });
    await world.start();
    await eventually("the entity is back", async () => (await room.entities()).includes("E-01"));
    expect(await room.newWrites()).to.deep.equal(["join E-01"]);
  });

  it("holds no posted room to its spec before it has asked the source that may have taken it", async () => {
    await world.start();
    const posted = new RoomStory(world, "room-posted");
    await world.applyYaml(specYaml({ roomId: posted.id, entities: entityIds(4) }));
    await world.stop();
    await world.kickByHand(posted.id, "E-01");
    await posted.newWrites();
    posted.commit({ version: 2, entities: ["E-02", "E-03", "E-04"] });
    await world.start();
    await world.verified(posted.id);
    expect(await posted.newWrites()).to.deep.equal([]);
  });
});
