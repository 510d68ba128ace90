import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

const ENV = {
  Operator__Reconciliation__IntervalSeconds: "60",
};

story("specVersion under VersionPolicy monotonic", { rooms: "room-version" }, (the) => {
  /** A room that is verified at version 3 with three entities. */
  const aRoom = () => the.room({ version: 3, entities: entityIds(3) }, 3);

  it("may stay the same with other content: applied, with a warning that goes with the next version", async () => {
    const room = await aRoom();
    const answer = await room.push({ version: 3, entities: entityIds(4) });
    expect(answer.body).to.include({ outcome: "converged" });
    expect((await room.status()).warnings.map(({ reason }) => reason)).to.deep.equal([
      "SpecVersionReused",
    ]);
    await room.push({ version: 4, entities: entityIds(5) });
    expect((await room.status()).warnings).to.deep.equal([]);
  });

  it("may not go down: nothing is written and the spec before it stays in force", async () => {
    const room = await aRoom();
    const answer = await room.push({ version: 2, entities: entityIds(4) });
    expect(answer.status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["SpecVersionRegressed"]);
    expect(await room.status()).to.include({ specVersion: 2, appliedSpecVersion: 3 });
    await room.driftOut("E-01");
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(["join E-01"]);
    expect(await room.entities()).to.deep.equal(entityIds(3));
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("may not go down either when nothing else changed", async () => {
    const room = await aRoom();
    const answer = await room.push({ version: 2, entities: entityIds(3) });
    expect(answer.status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["SpecVersionRegressed"]);
    expect(await room.status()).to.include({ specVersion: 2, appliedSpecVersion: 3 });
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("that stays the same is warned of also when there is nothing to write", async () => {
    const room = await aRoom();
    await room.driftIn("E-04");
    await room.push({ version: 3, entities: entityIds(4) });
    expect(await room.newWrites()).to.deep.equal([]);
    expect((await room.status()).warnings.map(({ reason }) => reason)).to.deep.equal([
      "SpecVersionReused",
    ]);
  });

  it("that went down is in force after a later commit names the room in Confirm", async () => {
    const room = await aRoom();
    await room.push({ version: 2, entities: entityIds(4) });
    const answer = await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.entities()).to.deep.equal(entityIds(4));
    expect(await room.refusals()).to.deep.equal([]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("that went down in a commit with `Confirm: true` stays refused", async () => {
    const room = await aRoom();
    const answer = await room.push({ version: 2, entities: entityIds(4) }, "Down\n\nConfirm: true");
    expect(answer.status).to.equal(412);
  });

  it("of a refused spec was never applied and binds nobody", async () => {
    const room = await aRoom();
    await room.push({ version: 9, entities: [] });
    expect(await room.refusals()).to.deep.equal(["ChangeThresholdExceeded"]);
    const answer = await room.push({ version: 4, entities: entityIds(4) });
    expect(answer.body).to.include({ outcome: "converged" });
  });

  it("of a changed seed alone is not looked at", async () => {
    const room = new RoomStory(the.world, "room-version-seed");
    const spec = { version: 3, artifacts: ["versioned"] };
    await room.push(spec, "One", { "seeds/versioned.md": "one" });
    the.world.commit({ "seeds/versioned.md": "two" });
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(["seed versioned", "seed versioned"]);
    expect((await room.status()).warnings).to.deep.equal([]);
  });
});

describe("specVersion under VersionPolicy off", () => {
  let world: AgentWorld;

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  it("is not looked at", async () => {
    world = await AgentWorld.create({ ...ENV, Operator__VersionPolicy: "off" });
    const room = new RoomStory(world, "room-version-off");
    room.commit({ version: 3, entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
    expect(
      (await room.push({ version: 3, entities: entityIds(3) })).body["warnings"],
    ).to.deep.equal([]);
    expect((await room.push({ version: 1, entities: entityIds(4) })).status).to.equal(200);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });
});
