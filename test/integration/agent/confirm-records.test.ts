import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

describe("the record of a `Confirm` that lifts more than removals", () => {
  let world: AgentWorld;
  let rooms = 0;

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    await world.start();
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  /** A room that is verified at version 3 with two entities. */
  async function aRoom(): Promise<RoomStory> {
    rooms += 1;
    const room = new RoomStory(world, `room-record-${rooms}`);
    room.commit({ version: 3, entities: entityIds(2) });
    await world.verified(room.id);
    return room;
  }

  const TRY = "Try\n\nDry-Run: true";
  const confirm = ({ id }: RoomStory) => `Do it\n\nConfirm: ${id}`;

  /** Says that the room is confirmed and gives back what the audit has of it, after more passes and a restart. */
  async function recordsOf(room: RoomStory) {
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    await room.pass();
    await world.stop();
    await world.start();
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    const records = await room.audit("confirm");
    expect(records.map(({ type }) => type)).to.deep.equal(records.map(() => "command"));
    return records.map(({ metadata }) => {
      const { actor, commit, via, lifted, items } = metadata;
      return { actor, commit, via, lifted, items };
    });
  }

  const record = (room: RoomStory, lifted: readonly string[]) => ({
    actor: "Ada <ada@example.org>",
    commit: world.repository.head(),
    via: `Confirm: ${room.id}`,
    lifted,
    items: undefined,
  });

  it("names the dry run that it carries out, once", async () => {
    const room = await aRoom();
    await room.push({ version: 4, entities: entityIds(3) }, TRY);
    expect(await room.audit("confirm")).to.deep.equal([]);
    world.commit({}, confirm(room));
    expect(await recordsOf(room)).to.deep.equal([record(room, ["DryRun"])]);
  });

  it("names the dry run that the same push began", async () => {
    const room = await aRoom();
    room.commit({ version: 4, entities: entityIds(3) }, TRY);
    world.commit({}, confirm(room));
    expect(await recordsOf(room)).to.deep.equal([record(room, ["DryRun"])]);
  });

  it("names the look-alike of a dry run", async () => {
    const room = await aRoom();
    await room.push({ version: 4, entities: entityIds(3) }, "Try\n\ndry-run: true");
    world.commit({}, confirm(room));
    expect(await recordsOf(room)).to.deep.equal([record(room, ["DryRunLookAlike"])]);
  });

  it("names the lower version that was refused before", async () => {
    const room = await aRoom();
    await room.push({ version: 2, entities: entityIds(3) });
    world.commit({}, confirm(room));
    expect(await recordsOf(room)).to.deep.equal([record(room, ["SpecVersionRegressed"])]);
  });

  it("names the lower version of the same commit", async () => {
    const room = await aRoom();
    room.commit({ version: 2, entities: entityIds(3) }, confirm(room));
    expect(await recordsOf(room)).to.deep.equal([record(room, ["SpecVersionRegressed"])]);
  });

  it("has a lower version once, though it is confirmed by two commits", async () => {
    const room = await aRoom();
    await room.push({ version: 2, entities: entityIds(3) });
    world.commit({}, confirm(room));
    const first = record(room, ["SpecVersionRegressed"]);
    await room.pass();
    world.commit({}, confirm(room));
    expect(await recordsOf(room)).to.deep.equal([first]);
  });

  it("is a second one next to that of the removals", async () => {
    const room = await aRoom();
    await room.push({ version: 4, entities: ["E-03"] }, TRY);
    world.commit({}, confirm(room));
    const items = ["entity/E-01", "entity/E-02"];
    const { lifted: _none, ...removals } = record(room, []);
    expect(await recordsOf(room)).to.have.deep.members([
      { ...removals, lifted: undefined, items },
      record(room, ["DryRun"]),
    ]);
  });

  it("is not made where nothing waits, nor where the dry run lasts or ends by another commit", async () => {
    const room = await aRoom();
    world.commit({}, confirm(room));
    expect(await recordsOf(room)).to.deep.equal([]);
    await room.push({ version: 4, entities: entityIds(3) }, TRY);
    world.commit({}, `Both\n\nConfirm: ${room.id}\nDry-Run: ${room.id}`);
    expect((await room.pass()).body).to.include({ outcome: "planned" });
    room.commit({ version: 5, entities: entityIds(4) });
    expect(await recordsOf(room)).to.deep.equal([]);
  });
});
