import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

const GUARDRAILS = "Operator__Reconciliation__Guardrails__";

describe("a setting of the guardrails", () => {
  let world: AgentWorld;
  let made = 0;

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  /** A verified room, in a world of its own. */
  async function aRoom(
    settings: Readonly<Record<string, string>>,
    spec: { entities: readonly string[]; artifacts?: readonly string[]; policies?: object },
  ): Promise<RoomStory> {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
      ...Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [GUARDRAILS + key, value]),
      ),
    });
    made += 1;
    const room = new RoomStory(world, `room-setting-${made}`);
    const seeds = (spec.artifacts ?? []).map((name) => [`seeds/${name}.md`, name]);
    room.commit({ ...spec, policies: { ...spec.policies } }, "Begin", Object.fromEntries(seeds));
    await world.start();
    await world.verified(room.id);
    await room.newWrites();
    return room;
  }

  const CONFIRMED = "Shrink\n\nConfirm: true";

  it("MaxEntitiesKickPerCycle is the limit, and the size of a batch", async () => {
    const room = await aRoom({ MaxEntitiesKickPerCycle: "2" }, { entities: entityIds(10) });
    expect((await room.push({ version: 2, entities: entityIds(7) })).status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["KickLimitExceeded"]);
    room.commit({ version: 3, entities: entityIds(5) }, CONFIRMED);
    await room.pass({ "X-Confirm": "true" });
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(entityIds(5));
    const kicks = await room.audit("entity.kicked");
    const passes = Map.groupBy(kicks, ({ correlationId }) => correlationId);
    expect([...passes.values()].map((batch) => batch.length)).to.deep.equal([2, 2, 1]);
  });

  it("MaxEntitiesKickPerCycle 0 lets no confirmation kick anybody", async () => {
    const room = await aRoom({ MaxEntitiesKickPerCycle: "0" }, { entities: entityIds(4) });
    const answer = await room.push({ version: 2, entities: entityIds(3) }, CONFIRMED);
    expect(answer.status).to.equal(412);
    expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(412);
    expect((await room.status()).howToConfirm).to.equal(null);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("MaxArtifactsDeletePerCycle is the limit of deletes", async () => {
    const room = await aRoom(
      { MaxArtifactsDeletePerCycle: "1" },
      { entities: entityIds(4), artifacts: ["a-1", "a-2"] },
    );
    expect((await room.push({ version: 2, entities: entityIds(4) })).status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["DeleteLimitExceeded"]);
    await room.pass({ "X-Confirm": "true" });
    await world.verified(room.id);
    expect(await room.artifacts()).to.deep.equal([]);
  });

  it("ChangeThreshold is the share that needs no confirmation", async () => {
    const room = await aRoom({ ChangeThreshold: "0.25" }, { entities: entityIds(8) });
    expect((await room.push({ version: 2, entities: entityIds(6) })).status).to.equal(200);
    expect((await room.push({ version: 3, entities: entityIds(4) })).status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["ChangeThresholdExceeded"]);
  });

  it("OnLimit refuse lets no confirmation go over a limit, and none is offered", async () => {
    const room = await aRoom({ OnLimit: "refuse" }, { entities: entityIds(12) });
    const answer = await room.push({ version: 2, entities: entityIds(6) }, CONFIRMED);
    expect(answer.status).to.equal(412);
    expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(412);
    await room.say(`Go on\n\nConfirm: ${room.id}`);
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.refusals()).to.deep.equal(["KickLimitExceeded"]);
    expect(await room.status()).to.include({ howToConfirm: null });
    const fewer = await room.push({ version: 3, entities: entityIds(7) });
    expect(fewer.status, "up to the limit it goes on").to.equal(200);
  });

  describe("RequireConfirmHeader false", () => {
    const FREE = { RequireConfirmHeader: "false" };

    it("lifts threshold and critical policy for commits and requests", async () => {
      const room = await aRoom(FREE, {
        entities: entityIds(4),
        policies: { dmVisibilityDefault: "owner" },
      });
      const answer = await room.push({ version: 2, entities: [] });
      expect(answer.body).to.include({ outcome: "converged" });
      expect(await world.contents(room.id)).to.deep.equal({
        entities: [],
        artifacts: [],
        policies: { dmVisibilityDefault: "team" },
      });
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("lifts no limit", async () => {
      const room = await aRoom(FREE, { entities: entityIds(6) });
      expect((await room.push({ version: 2, entities: [] })).status).to.equal(412);
      expect(await room.refusals()).to.deep.equal(["KickLimitExceeded"]);
      await room.pass({ "X-Confirm": "true" });
      await world.verified(room.id);
      expect(await room.entities()).to.deep.equal([]);
    });

    it("lifts adoption for /apply, and for nothing else", async () => {
      const room = await aRoom(FREE, { entities: ["E-01"] });
      const foreign = new RoomStory(world, `${room.id}-foreign`);
      await foreign.driftIn("E-02", "E-03");
      foreign.commit({ entities: ["E-02"] });
      await world.reason(foreign.id, "AdoptionNeedsConfirm");
      expect(await foreign.newWrites()).to.deep.equal([]);
      expect((await foreign.pass()).status).to.equal(200);
      await eventually("adopted", async () => (await foreign.entities()).length === 1);
    });
  });
});
