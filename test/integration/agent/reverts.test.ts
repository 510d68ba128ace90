import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ENV = { Operator__Reconciliation__IntervalSeconds: "60" };

describe("a commit that takes a room back to a version it was verified at", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create(ENV);
    world.patienceMs = 50_000;
    world.commit({ "README.md": "rooms" });
    await world.start();
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const two = { version: 2, entities: entityIds(3) };
  const three = { version: 3, entities: entityIds(4) };

  /** A room that was verified at version 2 with three entities, and then at version 3 with one more. */
  async function aRoom(): Promise<RoomStory> {
    made += 1;
    const room = new RoomStory(world, `room-revert-${made}`);
    await room.push(two);
    await room.push(three);
    expect(await room.newWrites()).to.deep.equal(entityIds(4).map((id) => `join ${id}`));
    return room;
  }

  const warnings = async (room: RoomStory) =>
    (await room.status()).warnings.map(({ reason }) => reason);

  const isBack = async (room: RoomStory) => {
    expect(await room.newWrites()).to.deep.equal(["kick E-04"]);
    expect(await room.entities()).to.deep.equal(entityIds(3));
    expect(await room.status()).to.include({ specVersion: 2, appliedSpecVersion: 2 });
    expect(await warnings(room)).to.deep.equal(["SpecVersionReverted"]);
    expect(await room.refusals()).to.deep.equal([]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  };

  it("is applied with a warning, without anybody's yes", async () => {
    const room = await aRoom();
    const answer = await room.push(two, 'Revert "Change specs"');
    expect(answer.body).to.include({ outcome: "converged" });
    await isBack(room);
    expect((await room.audit("room.refused")).length).to.equal(0);
  });

  it("is a revert whatever else lies in the same fetch, and over several versions", async () => {
    const room = await aRoom();
    await room.push({ version: 5, entities: entityIds(5) });
    await room.newWrites();
    room.commit({ version: 6, entities: entityIds(9) });
    room.commit(two, 'Revert "Change specs"');
    world.commit({ "README.md": `and more of ${room.id}` });
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal(["kick E-04", "kick E-05"]);
    expect(await warnings(room)).to.deep.equal(["SpecVersionReverted"]);
  });

  it("may be reverted itself, and be reverted again", async () => {
    const room = await aRoom();
    await room.push(two);
    await room.push(three, 'Reapply "Change specs"');
    expect(await warnings(room)).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal(entityIds(4));
    await room.newWrites();
    await room.push(two);
    await isBack(room);
  });

  it("is a revert in another file, too", async () => {
    const room = await aRoom();
    const moved = `rooms/moved-${room.id}.room.yaml`;
    world.commit({ [room.path]: null, [moved]: specYaml({ roomId: room.id, ...two }) });
    await room.pass();
    await isBack(room);
    expect((await room.status()).path).to.equal(moved);
  });

  it("is a revert after a restart, too", async () => {
    const room = await aRoom();
    await world.stop();
    room.commit(two);
    await world.start();
    await world.verified(room.id);
    await isBack(room);
  });

  it("is none when that version was only refused, never applied", async () => {
    made += 1;
    const room = new RoomStory(world, `room-revert-${made}`);
    await room.push({ version: 1, entities: entityIds(4) });
    await room.push({ version: 2, entities: [] });
    expect(await room.refusals()).to.deep.equal(["ChangeThresholdExceeded"]);
    await room.push(three);
    const answer = await room.push({ version: 2, entities: [] });
    expect(answer.status).to.equal(412);
    expect(await room.refusals()).to.include("SpecVersionRegressed");
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("is none when the content is not the one from then", async () => {
    const room = await aRoom();
    const answer = await room.push({ version: 2, entities: entityIds(2) });
    expect(answer.status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["SpecVersionRegressed"]);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("needs a new yes for what it removes, whoever said yes to the same removals before", async () => {
    made += 1;
    const room = new RoomStory(world, `room-revert-${made}`);
    const few = { version: 1, entities: ["E-01"] };
    const many = { version: 2, entities: entityIds(6) };
    await room.push(few);
    await room.push(many);
    await room.push({ version: 3, entities: ["E-01"] }, "Fewer\n\nConfirm: true");
    expect(await room.entities()).to.deep.equal(["E-01"]);
    await room.push(many, 'Revert "Fewer"');
    expect(await warnings(room)).to.deep.equal(["SpecVersionReverted"]);
    await room.newWrites();

    const answer = await room.push({ version: 3, entities: ["E-01"] }, "Again");
    expect(answer.status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["ChangeThresholdExceeded"]);
    expect((await room.push(few, 'Revert "Change specs"')).status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["ChangeThresholdExceeded"]);
    expect(await room.newWrites()).to.deep.equal([]);
    await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(["E-01"]);
  });

  it("says `true` for nobody", async () => {
    const room = await aRoom();
    await room.push({ version: 4, entities: entityIds(8) });
    await room.newWrites();
    const answer = await room.push(two, 'Revert "Change specs"\n\nConfirm: true');
    expect(answer.status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["ChangeThresholdExceeded"]);
    expect((await room.status()).intentIgnored).to.have.length(1);
    expect(await room.newWrites()).to.deep.equal([]);
    await room.pass({ "X-Confirm": "true" });
    expect(await room.entities()).to.deep.equal(entityIds(3));
    expect(await warnings(room)).to.deep.equal(["SpecVersionReverted"]);
  });

  it("is planned in a dry run with its warning, and changes nothing", async () => {
    const room = await aRoom();
    await room.push(two, 'Revert "Change specs"\n\nDry-Run: ' + room.id);
    const answer = await room.pass();
    expect(answer.body).to.include({ outcome: "planned" });
    expect(String(answer.body["warnings"])).to.include("SpecVersionReverted");
    expect(answer.body["refusals"]).to.deep.equal([]);
    expect(await room.newWrites()).to.deep.equal([]);
    await room.say(`Do it\n\nConfirm: ${room.id}`);
    await isBack(room);
  });
});

describe("a version that went down after the history was rewritten", function () {
  this.timeout(60_000);
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create(ENV);
    world.patienceMs = 50_000;
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  it("is no revert: neither at once nor in a commit built on it", async () => {
    const room = new RoomStory(world, "room-rewritten");
    room.commit({ version: 1, entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
    const base = world.repository.head() ?? "";
    await room.push({ version: 2, entities: entityIds(3) });
    world.repository.forceBranch(base);
    // An older head may be a replica that lags: it is believed at the second look.
    await world.reason(room.id, "SpecVersionRegressed");
    expect((await room.pass()).status).to.equal(412);
    // Built on the old commit, and so not on the one that version 2 came from.
    await room.push({ version: 3, entities: entityIds(2), policies: { unknown: 1 } });
    const answer = await room.push({ version: 1, entities: entityIds(2) });
    expect(answer.status).to.equal(412);
    expect(JSON.stringify(answer.body)).to.include("was built on the one that 2 came from");
    expect(await room.entities()).to.deep.equal(entityIds(3));
  });
});
