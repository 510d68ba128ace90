import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const PARTLY = ["Ready True Converged", "PartlyManaged True ItemsBlocked"];

const artifact = (name: string, more: object = {}) => ({
  name,
  type: "document",
  workspace: "shared",
  seedFrom: `seeds/${name}.md`,
  ...more,
});

describe("what cannot be done now", () => {
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
    });
    world.random = () => 0.02;
    world.commit({ "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) });
    await world.start();
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  afterEach(async () => {
    await setFaults(world.roomServerUrl);
  });

  function fresh(): RoomStory {
    made += 1;
    return new RoomStory(world, `room-blocked-${made}`);
  }

  const blocked = async (room: RoomStory) =>
    (await room.status()).blocked.map(({ item, reason }) => `${item} ${reason}`);

  describe("a seed that is missing", () => {
    it("blocks its artifact only; the room is ready and partly managed until the seed appears", async () => {
      const room = fresh();
      const name = "appears-later";
      await room.push(
        { entities: ["E-01"], artifacts: [artifact(name), artifact("at-once")] },
        "Two",
        {
          "seeds/at-once.md": "here",
        },
      );
      expect(await blocked(room)).to.deep.equal([`artifact/${name} SeedMissing`]);
      expect(await room.conditions()).to.deep.equal(PARTLY);
      expect(await room.newWrites()).to.deep.equal(["join E-01", "seed at-once"]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
      const head = world.commit({ [`seeds/${name}.md`]: "at last" });
      await world.verified(room.id, head);
      expect(await room.newWrites()).to.deep.equal([`seed ${name}`]);
      expect(await blocked(room)).to.deep.equal([]);
      expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
    });

    it("that was there before leaves the artifact as it was seeded", async () => {
      const room = fresh();
      await room.push({ artifacts: [artifact("vanishes")] }, "One", {
        "seeds/vanishes.md": "once",
      });
      await room.newWrites();
      const head = world.commit({ "seeds/vanishes.md": null });
      await world.verified(room.id, head);
      expect(await blocked(room)).to.deep.equal(["artifact/vanishes SeedMissing"]);
      expect(await room.artifacts()).to.deep.equal(["vanishes"]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    it("blocks what depends on its artifact, and no other", async () => {
      const room = fresh();
      const artifacts = [
        artifact("base-absent"),
        artifact("on-base", { dependsOn: ["base-absent"] }),
        artifact("on-entity", { dependsOn: ["E-01"] }),
      ];
      await room.push({ entities: ["E-01"], artifacts }, "Three", {
        "seeds/on-base.md": "waits",
        "seeds/on-entity.md": "goes",
      });
      expect(await blocked(room)).to.deep.equal([
        "artifact/base-absent SeedMissing",
        "artifact/on-base DependencyFailed",
      ]);
      expect(await room.artifacts()).to.deep.equal(["on-entity"]);
      expect(await room.conditions()).to.deep.equal(PARTLY);
    });
  });

  for (const { name, content, env, reason } of [
    {
      name: "a symlink",
      content: { mode: "120000", content: "../README.md" } as const,
      env: {},
      reason: "SeedNotRegular",
    },
    {
      name: "larger than SeedBytes",
      content: "x".repeat(2000),
      env: { Git__Sources__0__Limits__SeedBytes: "1000" },
      reason: "SeedTooLarge",
    },
    {
      name: "beyond SeedTotalBytes",
      content: "x".repeat(2000),
      env: {
        Git__Sources__0__Limits__SeedBytes: "5000",
        Git__Sources__0__Limits__SeedTotalBytes: "1000",
      },
      reason: "SeedQuotaExceeded",
    },
  ]) {
    it(`a seed that is ${name} blocks its artifact with ${reason}`, async () => {
      await world.stop();
      await world.start(env);
      const room = fresh();
      const file = `odd-${reason}`;
      await room.push({ entities: ["E-01"], artifacts: [artifact(file)] }, "Odd", {
        [`seeds/${file}.md`]: content,
      });
      expect(await blocked(room)).to.deep.equal([`artifact/${file} ${reason}`]);
      expect(await room.conditions()).to.deep.equal(PARTLY);
      expect(await room.newWrites()).to.deep.equal(["join E-01"]);
    });
  }

  it("a seed that moves to Git LFS leaves its artifact as it is", async () => {
    await world.stop();
    await world.start({ Git__Sources__0__Limits__SeedTotalBytes: "1000000" });
    const room = fresh();
    const file = "goes-to-lfs";
    const artifacts = [artifact(file), artifact("beside-lfs")];
    await room.push({ entities: ["E-01"], artifacts }, "Seeded", {
      [`seeds/${file}.md`]: "the content",
      "seeds/beside-lfs.md": "one",
    });
    const before = await room.newWrites();
    expect(before).to.include(`seed ${file}`);
    await room.push({ entities: ["E-01"], artifacts }, "Track it", {
      [`seeds/${file}.md`]: `version https://git-lfs.github.com/spec/v1\noid sha256:${"4".repeat(64)}\nsize 11\n`,
      "seeds/beside-lfs.md": "two",
    });
    expect(await room.newWrites()).to.deep.equal(["seed beside-lfs"]);
    expect(await blocked(room)).to.deep.equal([`artifact/${file} SeedIsLfsPointer`]);
    expect(await room.conditions()).to.deep.equal(PARTLY);
  });

  it("an artifact without a seed is only kept from deletion", async () => {
    const room = fresh();
    await room.drift(() => ({ artifacts: [{ name: "by-hand", type: "document", content: "x" }] }));
    const answer = await room.push({
      artifacts: [{ name: "by-hand", type: "dataset", workspace: "shared" }],
    });
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.artifacts()).to.deep.equal(["by-hand"]);
  });

  describe("resources", () => {
    const RESOURCES = [{ name: "search", type: "mcp-tool", config: { size: 3 } }];

    it("are pending while Features.Resources is off, and set up once it is on", async () => {
      const room = fresh();
      await room.push({ entities: ["E-01"], resources: RESOURCES });
      expect(await blocked(room)).to.deep.equal(["resource/search Pending"]);
      expect(await room.conditions()).to.deep.equal(PARTLY);
      expect(await room.newWrites()).to.deep.equal(["join E-01"]);
      await world.stop();
      await world.start({ Operator__Features__Resources: "true" });
      await eventually("set up", async () => (await blocked(room)).length === 0);
      expect(await room.newWrites()).to.deep.equal(["resource search"]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });
  });

  describe("an addition that is refused for good", () => {
    const REFUSED = { kind: "status", operation: "join", status: 400 } as const;

    it("holds the removals of its kind and no other, until it succeeds", async () => {
      const room = fresh();
      const seeds = { "seeds/held.md": "x", "seeds/kept.md": "y" };
      await room.push({ entities: entityIds(3), artifacts: ["held", "kept"] }, "Begin", seeds);
      await room.newWrites();
      await setFaults(world.roomServerUrl, { ...REFUSED, room: room.id });
      room.commit({ version: 2, entities: ["E-01", "E-02", "E-09"], artifacts: ["kept"] });
      const status = await world.reason(room.id, "HeldByFailedAddition");
      expect(status.wouldRemove).to.deep.equal(["entity/E-03"]);
      expect(await room.entities()).to.deep.equal(entityIds(3));
      expect(await room.artifacts()).to.deep.equal(["kept"]);
      expect(await room.conditions()).to.include("AwaitingConfirm True HeldByFailedAddition");
      await setFaults(world.roomServerUrl);
      await world.verified(room.id);
      expect(await room.entities()).to.deep.equal(["E-01", "E-02", "E-09"]);
      expect(await room.refusals()).to.deep.equal([]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });

    for (const { name, confirm } of [
      { name: "X-Confirm", confirm: (room: RoomStory) => room.pass({ "X-Confirm": "true" }) },
      {
        name: "a commit that names the room",
        confirm: (room: RoomStory) => room.say(`Go on\n\nConfirm: ${room.id}`),
      },
    ]) {
      it(`lets them go on with ${name}, though it still fails`, async () => {
        const room = fresh();
        await room.push({ entities: entityIds(3) });
        await setFaults(world.roomServerUrl, { ...REFUSED, room: room.id });
        room.commit({ version: 2, entities: ["E-01", "E-02", "E-09"] });
        await world.reason(room.id, "HeldByFailedAddition");
        await confirm(room);
        await eventually("kicked", async () => !(await room.entities()).includes("E-03"));
        expect(await room.entities()).to.deep.equal(["E-01", "E-02"]);
      });
    }

    it("is not lifted by `Confirm: true`, which names nobody", async () => {
      const room = fresh();
      await room.push({ entities: entityIds(3) });
      await setFaults(world.roomServerUrl, { ...REFUSED, room: room.id });
      room.commit({ version: 2, entities: ["E-01", "E-02", "E-09"] }, "Swap\n\nConfirm: true");
      await world.reason(room.id, "HeldByFailedAddition");
      await room.pass();
      expect(await room.entities()).to.deep.equal(entityIds(3));
    });

    it("puts the old attributes back where an update is refused", async () => {
      const room = fresh();
      await room.push({ entities: [{ id: "E-01", kind: "agent", displayName: "Old" }] });
      await setFaults(world.roomServerUrl, { ...REFUSED, room: room.id, count: 1 });
      room.commit({ version: 2, entities: [{ id: "E-01", kind: "agent", displayName: "New" }] });
      await eventually("the update was refused", async () =>
        (await room.status()).needsPerson?.message.includes("joined back") === true
          ? true
          : undefined,
      );
      expect((await room.newWrites()).slice(1)).to.deep.equal([
        "kick E-01",
        "join E-01",
        "join E-01",
      ]);
      await room.pass();
      await world.verified(room.id);
      expect(await room.newWrites()).to.deep.equal(["kick E-01", "join E-01"]);
      const [failed] = await room.audit("entity.updated");
      expect(failed?.metadata["outcome"]).to.equal("failed");
      expect(failed?.metadata["message"]).to.include("joined back");
    });
  });
});
