import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

const NAME = "Git__Sources__0__Name";

describe("a Confirm that is read again", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    world.commit({ "README.md": "rooms" });
    await world.start();
  });

  afterEach(async () => {
    await world.remove();
  });

  it("is told and not counted where its source had another name in between", async () => {
    const room = new RoomStory(world, "room-renamed");
    await room.push({ entities: entityIds(4) });
    await world.stop();
    await world.start({ [NAME]: "rooms2" });
    await world.observed();
    const oid = room.commit({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await world.verified(room.id);
    await world.stop();
    await world.start({ [NAME]: "specs" });
    await world.observed();
    expect(await room.audit("confirm")).to.have.length(1);
    const [ignored] = (await room.status()).intentIgnored;
    expect(ignored).to.include({ commit: oid, line: "Confirm: true" });
    expect(ignored?.reason).to.include("AlreadyUsed");
    await room.driftIn("E-02", "E-03", "E-04");
    expect((await room.pass()).status).to.equal(412);
  });

  it("does not let a lower version through a second time", async () => {
    const room = new RoomStory(world, "room-lower");
    const third = room.commit({ version: 3, entities: entityIds(4) });
    await world.verified(room.id);
    const lower = room.commit(
      { version: 1, entities: entityIds(3) },
      `Lower\n\nConfirm: ${room.id}`,
    );
    await world.verified(room.id);
    await room.push({ version: 9, entities: entityIds(4) }, "Nine");
    await world.verified(room.id);
    for (const oid of [third, lower]) {
      world.repository.forceBranch(oid);
      await world.observed(oid);
      await room.pass();
    }
    expect(await room.refusals()).to.include("SpecVersionRegressed");
    expect((await room.status()).appliedSpecVersion).to.equal(9);
  });

  it("is told and not counted when the branch goes back and comes forward again", async () => {
    const room = new RoomStory(world, "room-forward");
    const start = room.commit({ entities: entityIds(4) });
    await world.verified(room.id);
    const oid = room.commit({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await world.verified(room.id);
    world.repository.forceBranch(start);
    await world.observed(start);
    world.repository.forceBranch(oid);
    await world.observed(oid);
    expect(await room.audit("confirm")).to.have.length(1);
    const lines = (await room.status()).intentIgnored;
    expect(lines.map(({ commit }) => commit)).to.include(oid);
  });
});
