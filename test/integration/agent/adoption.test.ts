import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

const ENV = {
  Operator__Reconciliation__IntervalSeconds: "60",
};

/** A room that lived on the server before anybody wrote a spec for it. */
async function foreignRoom(world: AgentWorld, id: string): Promise<RoomStory> {
  const room = new RoomStory(world, id);
  await room.driftIn("E-keep", "E-old1", "E-old2", "E-old3");
  return room;
}

const WANTED = ["E-keep", "E-new", "E-old1", "E-old2"];

story("adoption of a room that others filled", { rooms: "room-adopt" }, (the) => {
  it("is refused whatever the share of what would go, and writes nothing", async () => {
    const room = await foreignRoom(the.world, "room-adopt-refused");
    const answer = await room.push({ entities: WANTED });
    expect(answer.status).to.equal(412);
    const { refusals, howToConfirm } = await room.status();
    const [refusal, ...more] = refusals;
    expect(more).to.deep.equal([]);
    expect(refusal).to.deep.include({
      reason: "AdoptionNeedsConfirm",
      items: ["entity/E-old3"],
      confirmable: true,
    });
    expect(howToConfirm).to.include(`Confirm: ${room.id}`).and.not.include('"Confirm: true"');
    expect(howToConfirm).to.include("Reject: name what is to stay in ");
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.conditions()).to.include("AwaitingConfirm True AdoptionNeedsConfirm");
  });

  it("needs nothing when nothing has to go", async () => {
    const room = await foreignRoom(the.world, "room-adopt-all");
    const answer = await room.push({ entities: [...WANTED, "E-old3"] });
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal(["join E-new"]);
  });

  it("goes on with a later `Confirm: <roomId>`, and the room is as any other afterwards", async () => {
    const room = await foreignRoom(the.world, "room-adopt-named");
    await room.push({ entities: WANTED });
    expect((await room.say(`Take it\n\nConfirm: ${room.id}`)).status).to.equal(200);
    expect(await room.entities()).to.deep.equal(WANTED);
    await room.newWrites();
    await room.driftIn("E-other");
    expect((await room.pass()).status).to.equal(200);
    expect(await room.newWrites()).to.deep.equal(["kick E-other"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("goes on with X-Confirm", async () => {
    const room = await foreignRoom(the.world, "room-adopt-header");
    await room.push({ entities: WANTED });
    expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(200);
    expect(await room.entities()).to.deep.equal(WANTED);
  });

  it("is not covered by `Confirm: true`: no commit took the foreign entities out", async () => {
    const room = await foreignRoom(the.world, "room-adopt-true");
    const answer = await room.push({ entities: WANTED }, "Take it\n\nConfirm: true");
    expect(answer.status).to.equal(412);
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("keeps waiting when the room changes meanwhile, and then covers only what was refused", async () => {
    const room = await foreignRoom(the.world, "room-adopt-moving");
    await room.push({ entities: WANTED });
    await room.driftIn("E-late");
    expect((await room.say(`Take it\n\nConfirm: ${room.id}`)).status).to.equal(412);
    expect((await room.status()).refusals.flatMap(({ items }) => items)).to.deep.equal([
      "entity/E-late",
    ]);
    expect(await room.newWrites()).to.deep.equal([]);
  });
});

describe("the head that a first clone finds", () => {
  let world: AgentWorld;

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  it("confirms nothing, by no form, and says so", async () => {
    world = await AgentWorld.create(ENV);
    const room = await foreignRoom(world, "room-first-confirm");
    const other = await foreignRoom(world, "room-first-named");
    world.commit(
      {
        [room.path]: specYaml({ roomId: room.id, entities: WANTED }),
        [other.path]: specYaml({ roomId: other.id, entities: WANTED }),
      },
      `Begin\n\nConfirm: ${other.id}`,
    );
    await world.start();
    await world.reason(room.id, "AdoptionNeedsConfirm");
    await world.reason(other.id, "AdoptionNeedsConfirm");
    expect((await other.status()).intentIgnored.map(({ line }) => line)).to.deep.equal([
      `Confirm: ${other.id}`,
    ]);
    expect(await world.writes()).to.deep.equal([]);
  });

  it("ignores `Confirm: true` and `Dry-Run: true`", async () => {
    world = await AgentWorld.create(ENV);
    const room = await foreignRoom(world, "room-first-true");
    room.commit({ entities: WANTED }, "Begin\n\nConfirm: true\nDry-Run: true");
    await world.start();
    await world.reason(room.id, "AdoptionNeedsConfirm");
    expect((await room.status()).dryRun).to.equal(null);
    const [source] = (await world.observed()).sources;
    expect(
      source?.warnings.map(({ reason, message }) => `${reason} ${message.slice(0, 16)}`),
    ).to.have.members(["IntentIgnored `Confirm: true` ", "IntentIgnored `Dry-Run: true` "]);
  });

  it("counts with `Dry-Run: <roomId>`, for that room alone", async () => {
    world = await AgentWorld.create(ENV);
    const dry = new RoomStory(world, "room-first-dry");
    const wet = new RoomStory(world, "room-first-wet");
    world.commit(
      {
        [dry.path]: specYaml({ roomId: dry.id, entities: ["E-01"] }),
        [wet.path]: specYaml({ roomId: wet.id, entities: ["E-01"] }),
      },
      `Begin\n\nDry-Run: ${dry.id}`,
    );
    await world.start();
    await world.verified(wet.id);
    await world.reason(dry.id, "DryRun");
    expect(await world.writes()).to.deep.equal(["join E-01"]);
    expect((await dry.status()).pendingDiff?.toJoin).to.deep.equal(["E-01"]);
  });
});
