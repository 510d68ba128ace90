import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, healthOf, logOf, sum } from "../../support/attention-checks.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

describe("a source that loses all of its specs", () => {
  let world: AgentWorld;
  let one: RoomStory;
  let two: RoomStory;
  let filled: string;
  let version = 0;

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    one = new RoomStory(world, "room-emptied-1");
    two = new RoomStory(world, "room-emptied-2");
    filled = fill();
    await world.start();
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  beforeEach(async () => {
    filled = fill();
    await world.verified(one.id);
    await world.verified(two.id);
    await one.newWrites();
    await two.newWrites();
  });

  /** Both specs as they are at the beginning of each story. */
  function fill(): string {
    version += 1;
    const specs = [one, two].map(({ id, path }) => {
      return [path, specYaml({ roomId: id, version, entities: entityIds(2) })];
    });
    return world.commit(Object.fromEntries(specs));
  }

  const empty = (message = "Remove everything\n\nConfirm: true") =>
    world.commit({ [one.path]: null, [two.path]: null, "README.md": "gone" }, message);

  const lastError = async () => (await world.status()).sources[0]?.lastError ?? null;

  const emptied = () =>
    eventually("SourceEmptied", async () => {
      const error = await lastError();
      return error?.reason === "SourceEmptied" ? error : undefined;
    });

  const orphaned = () =>
    eventually("both orphaned", async () => {
      const rooms = [await one.status(), await two.status()];
      return rooms.every((room) => room.orphaned);
    });

  it("is SourceEmptied: nothing is removed, and the last specs stay in force", async () => {
    empty();
    const error = await emptied();
    expect(error.message).to.include(`Confirm: ${one.id}, ${two.id}`);
    const { blockedBy } = (await world.get<ExplainAnswer>(`/rooms/${one.id}/explain`)).body;
    expect(blockedBy[0]?.reason).to.equal("SourceEmptied");
    expect(blockedBy[0]?.unblock).to.equal(
      `Push a spec. To give all these rooms up, name every room in one commit (\`Confirm: ${one.id}, ${two.id}\`), or set \`AllowEmpty\`.`,
    );
    await one.driftOut("E-01");
    await one.pass();
    expect(await one.newWrites()).to.deep.equal(["join E-01"]);
    expect(await one.entities()).to.deep.equal(entityIds(2));
    const [source] = (await world.status()).sources;
    expect(source?.observedRevision).to.equal(`main@sha1:${filled}`);
    expect(await one.status()).to.include({ orphaned: false });
    expect(await one.writesOfMorePasses()).to.deep.equal([]);
  });

  it("stays so over a restart", async () => {
    empty();
    await emptied();
    await world.stop();
    await world.start();
    await emptied();
    await two.driftOut("E-02");
    await two.pass();
    expect(await two.entities()).to.deep.equal(entityIds(2));
  });

  it("works again when a spec appears: the room without one is an orphan then", async () => {
    empty();
    await emptied();
    version += 1;
    const head = one.commit({ version, entities: entityIds(3) });
    await world.verified(one.id, head);
    expect(await one.newWrites()).to.deep.equal(["join E-03"]);
    await eventually("no error", async () => (await lastError()) === null);
    expect(await two.status()).to.include({ orphaned: true });
    expect(await two.newWrites()).to.deep.equal([]);
    expect(await two.entities()).to.deep.equal(entityIds(2));
  });

  it("is not ended by a commit that names only some of its rooms", async () => {
    empty();
    await emptied();
    world.commit({}, `One of them\n\nConfirm: ${one.id}`);
    await one.pass();
    expect((await lastError())?.reason).to.equal("SourceEmptied");
    expect(await one.status()).to.include({ orphaned: false });
  });

  it("is ended by a commit that names every room: they are orphans, and nothing is removed", async () => {
    empty();
    await emptied();
    world.commit({}, `Yes, all\n\nConfirm: ${one.id}, ${two.id}`);
    await orphaned();
    await eventually("no error", async () => (await lastError()) === null);
    expect([await one.newWrites(), await two.newWrites()]).to.deep.equal([[], []]);
    expect(await one.entities()).to.deep.equal(entityIds(2));
    const [source] = (await world.observed()).sources;
    expect(source?.warnings.map(({ reason }) => reason)).to.deep.equal(["NoSpecsFound"]);
    const commit = world.repository.head();
    for (const room of [one, two]) {
      const said = (await room.audit("confirm")).filter(({ metadata }) => "lifted" in metadata);
      expect(said).to.have.length(1);
      expect(said[0]?.metadata).to.deep.include({ commit, lifted: ["SourceEmptied"] });
    }
  });

  it("may say so in the very commit that removes the last spec", async () => {
    empty(`Close down\n\nConfirm: ${one.id}, ${two.id}`);
    await orphaned();
    expect(await lastError()).to.equal(null);
    expect([await one.newWrites(), await two.newWrites()]).to.deep.equal([[], []]);
  });

  it("is as it says with AllowEmpty: the rooms are orphans", async () => {
    empty();
    await emptied();
    const audited = async () => (await world.audit("source.warned")).length;
    const before = await audited();
    await world.stop();
    await world.start({ Git__Sources__0__AllowEmpty: "true" });
    await orphaned();
    await eventually("no error", async () => (await lastError()) === null);
    expect([await one.newWrites(), await two.newWrites()]).to.deep.equal([[], []]);
    const noSpecs = async () => {
      const { sources } = await world.status();
      const { problems } = await healthOf(world);
      return {
        status: sources[0]?.warnings.map(({ reason }) => reason),
        health: problems.filter(({ message }) => message.startsWith("NoSpecsFound")).length,
        gauge: sum(await gauges(world), "source_warning", { reason: "NoSpecsFound" }),
        audit: (await audited()) - before,
      };
    };
    // What is meant is a warning nowhere; once it is not, the same head is one everywhere.
    expect(await noSpecs()).to.deep.equal({ status: [], health: 0, gauge: 0, audit: 0 });
    await world.stop();
    await world.start({ Git__Sources__0__AllowEmpty: "false" });
    const shown = { status: ["NoSpecsFound"], health: 1, gauge: 1 };
    await eventually("it is a warning", async () => {
      expect(await noSpecs()).to.deep.include(shown);
      return true;
    });
  });

  it("is not emptied by a branch that is gone: nothing is removed", async () => {
    world.repository.commit({ "x.md": "x" }, { branch: "other" });
    world.repository.deleteBranch();
    await eventually("missing", async () => (await lastError())?.reason === "BranchMissing");
    await one.driftOut("E-01");
    await one.pass();
    expect(await one.entities()).to.deep.equal(entityIds(2));
    expect(await one.status()).to.include({ orphaned: false });
    world.repository.forceBranch(filled);
  });

  it("is held to the folder it is configured with: a folder without specs is empty too", async () => {
    await world.stop();
    await world.start({ Git__Sources__0__AllowEmpty: "false", Git__Sources__0__Path: "elsewhere" });
    await emptied();
    await one.driftOut("E-01");
    await one.pass();
    expect(await one.entities()).to.deep.equal(entityIds(2));
  });
});

describe("a source whose last spec is renamed to a name that is not read", () => {
  it("says the same everywhere, how to rename it first, and is well once that is done", async () => {
    const world = await AgentWorld.create();
    try {
      const room = new RoomStory(world, "solo-01");
      room.commit({ version: 1, entities: entityIds(2) });
      await world.start();
      await world.verified(room.id);
      const wrong = "rooms/solo-01.yaml";
      const text = specYaml({ roomId: room.id, version: 1, entities: entityIds(2) });
      world.commit({ [room.path]: null, [wrong]: text });
      const error = await eventually("SourceEmptied", async () => {
        const found = (await world.status()).sources[0]?.lastError ?? null;
        return found?.reason === "SourceEmptied" && found;
      });
      const rename = `Rename ${wrong} to rooms/solo-01.room.yaml`;
      expect(Object.keys(error)).to.have.members(["reason", "message", "since"]);
      expect(error.message.startsWith(`${rename}: `)).to.equal(true);
      const { problems } = await healthOf(world);
      expect(problems.map(({ message }) => message)).to.include(`SourceEmptied: ${error.message}`);
      const [failed] = await world.audit("source.failed");
      expect(failed?.metadata["message"]).to.equal(error.message);
      const logged = logOf(world).filter(({ reason }) => reason === "SourceEmptied");
      expect(JSON.stringify(logged)).to.include(rename);
      const { blockedBy } = (await world.get<ExplainAnswer>("/rooms/solo-01/explain")).body;
      const [first] = blockedBy;
      expect(first?.reason).to.equal("SourceEmptied");
      expect(first?.message.startsWith(`${rename}: `)).to.equal(true);
      expect(first?.unblock).to.equal(`${rename}, and push it to main.`);
      world.commit({ [wrong]: null, [room.path]: text.replace("version: 1", "version: 2") });
      await world.verified(room.id);
      await eventually(
        "the source is well",
        async () => (await world.status()).sources[0]?.lastError === null,
      );
    } finally {
      await checkWorld(world);
      await world.remove();
    }
  });
});
