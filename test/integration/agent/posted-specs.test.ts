import { expect } from "chai";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml, type SpecYamlGiven } from "../../support/spec-yaml.ts";

const ENV = {
  Operator__Reconciliation__IntervalSeconds: "60",
};

describe("a posted spec", () => {
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create(ENV);
    world.commit({
      "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }),
      "seeds/plan.md": "a plan",
    });
    await world.start();
    await world.observed();
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  function fresh(): RoomStory {
    made += 1;
    return new RoomStory(world, `room-posted-${made}`);
  }

  const post = (room: RoomStory, spec: SpecYamlGiven, headers = {}, query = "") =>
    world.applyYaml(specYaml({ roomId: room.id, ...spec }), headers, query);

  /** A room that a posted spec with two entities made. */
  async function aPostedRoom(): Promise<RoomStory> {
    const room = fresh();
    const answer = await post(room, { entities: entityIds(2) });
    expect(answer.body, JSON.stringify(answer.body)).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.have.length(2);
    return room;
  }

  describe("for a room of nobody", () => {
    it("makes the room and stays in force", async () => {
      const room = await aPostedRoom();
      const status = await room.status();
      expect(status).to.include({ source: "api", path: null, specVersion: 1, overridden: false });
      expect(status.verifiedRevision).to.match(/^api@sha256:[0-9a-f]{64}$/);
      await room.driftOut("E-01");
      await room.pass();
      expect(await room.newWrites()).to.deep.equal(["join E-01"]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("stays in force over a restart", async () => {
      const room = await aPostedRoom();
      await world.stop();
      await room.driftOut("E-02");
      await world.start();
      await eventually("corrected", async () => (await room.entities()).length === 2);
      expect(await room.newWrites()).to.deep.equal(["join E-02"]);
    });

    it("is replaced by the next one, whose version is not looked at", async () => {
      const room = fresh();
      await post(room, { version: 7, entities: entityIds(2) });
      const same = await post(room, { version: 7, entities: entityIds(3) });
      expect(same.body).to.deep.include({ outcome: "converged", warnings: [] });
      const lower = await post(room, { version: 2, entities: entityIds(4) });
      expect(lower.body).to.deep.include({ outcome: "converged", warnings: [] });
      expect(await room.status()).to.include({ specVersion: 2, appliedSpecVersion: 2 });
    });

    it("is refused over the limits like any other, and carried out with X-Confirm", async () => {
      const room = await aPostedRoom();
      const answer = await post(room, { version: 2, entities: [] });
      expect(answer.status).to.equal(412);
      expect(await room.newWrites()).to.deep.equal([]);
      await room.driftOut("E-01");
      await room.pass();
      expect(await room.entities(), "the spec before it is enforced").to.deep.equal(entityIds(2));
      expect(
        (await post(room, { version: 2, entities: [] }, { "X-Confirm": "true" })).status,
      ).to.equal(200);
      expect(await room.entities()).to.deep.equal([]);
    });

    it("with an error changes nothing and says where", async () => {
      const room = fresh();
      const answer = await world.applyYaml(`${specYaml({ roomId: room.id })}\nbogus: 1\n`);
      expect(answer.status).to.equal(400);
      expect(JSON.stringify(answer.body["errors"])).to.include('"line":');
      expect((await world.get(`/status/rooms/${room.id}`)).status).to.equal(404);
    });
  });

  describe("for a room of git", () => {
    it("answers 409 and changes nothing", async () => {
      const room = fresh();
      await room.push({ entities: entityIds(2) });
      const answer = await post(room, { entities: entityIds(3) });
      expect(answer.status).to.equal(409);
      expect(answer.body).to.include({ code: "ManagedByGit" });
      expect(answer.body["detail"]).to.include(room.path).and.include("X-Override");
      expect(await room.entities()).to.deep.equal(entityIds(2));
    });

    it("suspends git with X-Override until the next commit that touches the room", async () => {
      const room = fresh();
      await room.push({ version: 4, entities: entityIds(2) });
      const answer = await post(
        room,
        { version: 9, entities: entityIds(3) },
        { "X-Override": "true" },
      );
      expect(answer.body).to.include({ outcome: "converged" });
      expect(await room.status()).to.include({ source: "specs", overridden: true });
      const [source] = (await world.status()).sources;
      expect(source?.heldBackBy).to.deep.equal([{ roomId: room.id, reason: "Overridden" }]);
      world.commit({ "README.md": `not about ${room.id}` });
      await room.pass();
      expect(await room.entities(), "other commits leave it so").to.deep.equal(entityIds(3));
      const back = await room.push({ version: 5, entities: entityIds(2) });
      expect(back.body, JSON.stringify(back.body)).to.include({ outcome: "converged" });
      expect(await room.entities()).to.deep.equal(entityIds(2));
      expect(await room.status()).to.include({ overridden: false });
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("keeps git suspended over a restart", async () => {
      const room = fresh();
      await room.push({ entities: entityIds(2) });
      await post(room, { entities: entityIds(3) }, { "X-Override": "true" });
      await world.stop();
      await world.start();
      await world.observed();
      await room.pass();
      expect(await room.entities()).to.deep.equal(entityIds(3));
      expect(await room.status()).to.include({ overridden: true });
      world.commit({ [room.path]: null });
      await eventually("orphaned", async () => (await room.status()).orphaned);
    });

    it("leaves the room an orphan when its file goes away meanwhile", async () => {
      const room = fresh();
      await room.push({ entities: entityIds(2) });
      await post(room, { entities: entityIds(3) }, { "X-Override": "true" });
      world.commit({ [room.path]: null });
      await eventually("orphaned", async () => (await room.status()).orphaned);
      expect(await room.status()).to.include({ overridden: false });
      expect(await room.entities()).to.deep.equal(entityIds(3));
    });
  });

  describe("that git claims later", () => {
    it("gives the room to git, whatever version was posted", async () => {
      const room = fresh();
      await post(room, { version: 7, entities: entityIds(2) });
      await room.newWrites();
      room.commit({ version: 1, entities: entityIds(3) });
      await world.verified(room.id);
      expect(await room.newWrites()).to.deep.equal(["join E-03"]);
      expect(await room.status()).to.include({ source: "specs", path: room.path, specVersion: 1 });
      expect((await post(room, { entities: [] })).status).to.equal(409);
    });

    it("stays in force while the file that claims the room is broken", async () => {
      const room = await aPostedRoom();
      world.commit({ [room.path]: `spec: { roomId: ${room.id}, bogus: 1 }\n` });
      const [source] = (await world.observed()).sources;
      expect(new Set(source?.specErrors.map(({ path }) => path))).to.deep.equal(
        new Set([room.path]),
      );
      await room.driftOut("E-01");
      await room.pass();
      expect(await room.entities()).to.deep.equal(entityIds(2));
      expect(await room.status()).to.include({ source: "api" });
      world.commit({ [room.path]: null });
    });
  });

  describe("that is deleted", () => {
    it("leaves an orphan: its room stays as it is and gets no more writes", async () => {
      const room = await aPostedRoom();
      expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
      await room.driftOut("E-01");
      expect((await room.pass()).body).to.include({ outcome: "waiting", reason: "Orphaned" });
      expect(await room.newWrites()).to.deep.equal([]);
      expect(await room.status()).to.include({ orphaned: true, source: null });
      expect(await room.audit("room.orphaned")).to.have.length(1);
      expect((await post(room, { entities: entityIds(2) })).body).to.include({
        outcome: "converged",
      });
      expect(await room.status()).to.include({ orphaned: false, source: "api" });
    });

    it("cannot be when git manages the room, and is unknown when nobody does", async () => {
      expect(await world.delete("/rooms/room-anchor")).to.equal(409);
      expect(await world.delete("/rooms/room-nobody")).to.equal(404);
    });
  });

  describe("with seeds", () => {
    it("reads them from the only source, and from the one that is asked for", async () => {
      const room = fresh();
      expect((await post(room, { artifacts: ["plan"] })).body).to.include({ outcome: "converged" });
      expect(await room.artifacts()).to.deep.equal(["plan"]);
      const other = fresh();
      await post(other, { artifacts: ["plan"] }, {}, "?source=specs");
      expect(await other.artifacts()).to.deep.equal(["plan"]);
      expect((await post(fresh(), { artifacts: ["plan"] }, {}, "?source=nowhere")).status).to.equal(
        404,
      );
    });

    it("blocks an artifact whose seed is not there, and no other", async () => {
      const room = fresh();
      const answer = await post(room, { artifacts: ["plan", "nowhere"], entities: ["E-01"] });
      expect(answer.body).to.include({ outcome: "converged" });
      expect((await room.status()).blocked).to.have.length(1);
      expect((await room.status()).blocked[0]).to.include({
        item: "artifact/nowhere",
        reason: "SeedMissing",
      });
      expect(await room.artifacts()).to.deep.equal(["plan"]);
      expect(await room.entities()).to.deep.equal(["E-01"]);
    });
  });
});

describe("a posted spec where there is no source", () => {
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create();
    world.followsGit = false;
  });

  after(async () => {
    await world.remove();
  });

  afterEach(async () => {
    await world.stop();
  });

  const SPEC = specYaml({ roomId: "room-sourceless", entities: ["E-01"], artifacts: ["plan"] });

  it("has no seeds: its artifacts are blocked with NoSeedSource", async () => {
    await world.start();
    expect((await world.applyYaml(SPEC)).body).to.include({ outcome: "converged" });
    const room = new RoomStory(world, "room-sourceless");
    expect((await room.status()).blocked[0]).to.include({ reason: "NoSeedSource" });
    expect(await room.conditions()).to.deep.equal([
      "Ready True Converged",
      "PartlyManaged True ItemsBlocked",
    ]);
    expect(await room.newWrites()).to.deep.equal(["join E-01"]);
  });

  it("reads seeds from SeedRoot, but follows no symlink there", async () => {
    const root = join(world.folder, "seed-root");
    mkdirSync(join(root, "seeds"), { recursive: true });
    writeFileSync(join(root, "seeds", "plan.md"), "a plan");
    writeFileSync(join(world.folder, "secret.md"), "a secret");
    symlinkSync(join(world.folder, "secret.md"), join(root, "seeds", "link.md"));
    await world.start({ Operator__SeedRoot: root });
    const spec = specYaml({ roomId: "room-seed-root", artifacts: ["plan", "link"] });
    expect((await world.applyYaml(spec)).body).to.include({ outcome: "converged" });
    const room = new RoomStory(world, "room-seed-root");
    expect(await room.artifacts()).to.deep.equal(["plan"]);
    expect((await room.status()).blocked[0]).to.include({
      item: "artifact/link",
      reason: "SeedNotRegular",
    });
  });
});
