import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ALLOWED = "Git__Sources__0__AllowedRooms__0";
const NEWER = { version: 2, entities: entityIds(4) };
const POSTED = { version: 5, entities: entityIds(3) };

describe("a room that AllowedRooms took from its source and gives back", () => {
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create();
    room = new RoomStory(world, "room-main");
    world.commit({ "rooms/b.room.yaml": specYaml({ roomId: "room-b" }) });
    room.commit({ version: 1, entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
  });

  afterEach(async () => {
    await world.remove();
  });

  const post = () =>
    world.applyYaml(specYaml({ roomId: room.id, ...POSTED }), { "X-Override": "true" });

  async function restart(allowed: string): Promise<void> {
    await world.stop();
    await world.start({ [ALLOWED]: allowed });
  }

  const bar = () => restart("room-b");

  /** Gives it back, after the source was read at its newest commit and before the source is polled again. */
  async function giveBack(): Promise<void> {
    await world.observed();
    await restart("room-*");
    await eventually("the source has the room", async () => {
      const { source } = await room.status();
      return source === "specs";
    });
    await room.pass();
  }

  it("is what its file said in between", async () => {
    await bar();
    room.commit(NEWER);
    await giveBack();
    const { specVersion, verifiedRevision } = await world.verified(room.id);
    expect(specVersion).to.equal(2);
    expect(verifiedRevision).to.equal(`main@sha1:${world.repository.head()}`);
    expect(await room.entities()).to.deep.equal(NEWER.entities);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("is what its file said in between, also where the next commit is read first", async () => {
    await bar();
    room.commit(NEWER);
    await world.observed();
    await world.stop();
    world.commit({ "rooms/c.room.yaml": specYaml({ roomId: "room-c" }) }, "Another room");
    await world.start({ [ALLOWED]: "room-*" });
    await world.observed();
    await room.pass();
    expect(await room.entities()).to.deep.equal(NEWER.entities);
  });

  for (const isAlone of [false, true]) {
    const how = isAlone ? "a commit that changes no file" : "the commit that changed it";
    it(`keeps the dry run that ${how} asked for in between`, async () => {
      await bar();
      const asked = isAlone
        ? world.commit({}, `Hold it\n\nDry-Run: ${room.id}`)
        : room.commit(NEWER, "Try\n\nDry-Run: true");
      await giveBack();
      expect((await room.status()).dryRun).to.equal(asked);
      expect(await room.entities()).to.deep.equal(entityIds(2));
      await room.say(`Go\n\nConfirm: ${room.id}`);
      await restart("room-*");
      await world.observed();
      await room.pass();
      expect((await room.status()).dryRun, "it was confirmed").to.equal(null);
    });
  }

  it("keeps the dry run over a commit that changes no input and is read first", async () => {
    await bar();
    const asked = room.commit(NEWER, "Try\n\nDry-Run: true");
    await world.observed();
    await world.stop();
    const text = specYaml({ roomId: room.id, ...NEWER });
    world.commit({ [room.path]: `# The same\n${text}` }, "Say more");
    await world.start({ [ALLOWED]: "room-*" });
    await world.observed();
    await room.pass();
    expect((await room.status()).dryRun).to.equal(asked);
    expect(await room.entities()).to.deep.equal(entityIds(2));
  });

  it("says that its file broke in between, and what is wrong with it now", async () => {
    await bar();
    world.commit({ [room.path]: "kind: [" }, "Broken");
    await giveBack();
    const problem = async () => (await room.status()).headProblem;
    expect((await problem())?.reason).to.equal("SpecInvalid");
    const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    expect(body.atHead).to.equal(false);
    const before = (await problem())?.message;
    await bar();
    world.commit({ [room.path]: "kind: RoomSpec" }, "Broken otherwise");
    await giveBack();
    await eventually("the new problem is told", async () => (await problem())?.message !== before);
    await bar();
    room.commit(NEWER, "Mended");
    await giveBack();
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(NEWER.entities);
  });

  it("stays as it was posted while its file says the same, and follows the file that changed", async () => {
    await post();
    await bar();
    await giveBack();
    const { overridden } = await room.status();
    expect(overridden).to.equal(true);
    expect(await room.entities()).to.deep.equal(POSTED.entities);
    await bar();
    room.commit(NEWER);
    await giveBack();
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(NEWER.entities);
  });

  it("follows its file where a spec was posted in between", async () => {
    await bar();
    room.commit(NEWER);
    await world.observed();
    await post();
    expect(await room.entities()).to.deep.equal(POSTED.entities);
    await giveBack();
    await eventually("the file is followed", async () => (await room.status()).specVersion === 2);
  });

  it("is an orphan where its file went in between", async () => {
    await bar();
    world.commit({ [room.path]: null }, "Gone");
    await world.observed();
    await restart("room-*");
    await eventually("it is an orphan", async () => (await room.status()).orphaned);
  });
});
