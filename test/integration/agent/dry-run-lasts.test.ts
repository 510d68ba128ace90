import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const HELD = { version: 2, entities: entityIds(3) };

describe("a dry run lasts", () => {
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    room = new RoomStory(world, "room-kept");
    world.commit({ "rooms/more.room.yaml": specYaml({ roomId: "room-more" }) });
    room.commit({ entities: entityIds(4) });
  });

  afterEach(async () => {
    await world.remove();
  });

  async function aHeldRoom(message = "Try this\n\nDry-Run: true"): Promise<string> {
    await world.start();
    await world.verified(room.id);
    const commit = room.commit(HELD, message);
    await room.pass();
    return commit;
  }

  async function isHeldBy(commit: string, why: string): Promise<void> {
    expect((await room.status()).dryRun, why).to.equal(commit);
    expect(await room.entities(), why).to.deep.equal(entityIds(4));
  }

  it("over a source that is named otherwise and back", async () => {
    const commit = await aHeldRoom();
    for (const name of ["rooms3", "specs"]) {
      await world.stop();
      await world.start({ Git__Sources__0__Name: name });
      await eventually(`${name} has the room`, async () => (await room.status()).source === name);
      await room.pass();
      await isHeldBy(commit, name);
    }
  });

  it("over an orphan for which another spec is posted", async () => {
    const commit = await aHeldRoom();
    world.commit({ [room.path]: null }, "Gone");
    await eventually("it is an orphan", async () => (await room.status()).orphaned);
    const posted = specYaml({ roomId: room.id, version: 1, entities: entityIds(4) });
    expect((await world.applyYaml(posted)).status).to.equal(200);
    room.commit(HELD, "Back as it was");
    await world.observed();
    await room.pass();
    await isHeldBy(commit, "posted");
  });

  for (const message of ["Try this\n\nDry-Run: true", "Try this\n\ndry-run: true"]) {
    it(`over a move of its file (${message.split("\n").at(-1)})`, async () => {
      const commit = await aHeldRoom(message);
      const text = specYaml({ roomId: room.id, ...HELD });
      world.commit({ [room.path]: null, "rooms/moved.room.yaml": text }, "Move the file");
      await room.pass();
      expect((await room.status()).path).to.equal("rooms/moved.room.yaml");
      await isHeldBy(commit, "moved");
      world.commit(
        { "rooms/moved.room.yaml": null, [room.path]: text },
        "Move it\n\nConfirm: true",
      );
      await room.pass();
      await isHeldBy(commit, "moved back by a commit that speaks");
      await room.say(`Yes\n\nConfirm: ${room.id}`);
      expect(await room.entities()).to.deep.equal(entityIds(3));
    });
  }

  it("over a file that breaks, is gone, and is as it was again", async () => {
    const commit = await aHeldRoom();
    world.commit({ [room.path]: "spec: [" }, "Break it");
    await room.pass();
    await isHeldBy(commit, "broken");
    room.commit(HELD, "Mend it");
    await room.pass();
    await isHeldBy(commit, "mended");
    world.commit({ [room.path]: null }, "Let go");
    await eventually("orphaned", async () => (await room.status()).source === null);
    await world.stop();
    await world.start();
    room.commit(HELD, "Take it back");
    await eventually("managed", async () => (await room.status()).source === "specs");
    await room.pass();
    await isHeldBy(commit, "restored");
    room.commit({ version: 3, entities: entityIds(3) }, "Other inputs");
    await room.pass();
    expect((await room.status()).dryRun).to.equal(null);
  });

  it("until the file is again what was verified, where its commit broke the file", async () => {
    await world.start();
    await world.verified(room.id);
    const bad = world.commit({ [room.path]: "spec: [" }, "Break it\n\nDry-Run: true");
    await room.pass();
    await isHeldBy(bad, "broken");
    room.commit({ entities: entityIds(4) }, "As it was");
    await room.pass();
    expect((await room.status()).dryRun).to.equal(null);
    expect(await room.conditions()).to.include("Ready True Converged");
  });

  it("over a posted spec that took git's place until the source was named otherwise", async () => {
    const commit = await aHeldRoom();
    const posted = specYaml({ roomId: room.id, version: 5, entities: entityIds(4) });
    const answer = await world.applyYaml(posted, { "X-Override": "true" });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    expect((await room.status()).dryRun).to.equal(null);
    await world.stop();
    await world.start({ Git__Sources__0__Name: "rooms3" });
    await eventually("taken over", async () => (await room.status()).source === "rooms3");
    await room.pass();
    await isHeldBy(commit, "taken over");
  });

  it("over commits of one fetch that move the file or break it after they asked", async () => {
    await world.start();
    await world.verified(room.id);
    await world.stop();
    const commit = room.commit(HELD, "Try this\n\nDry-Run: true");
    const text = specYaml({ roomId: room.id, ...HELD });
    world.commit({ [room.path]: null, "rooms/moved.room.yaml": text }, "Move the file");
    world.commit({ "rooms/moved.room.yaml": "spec: [" }, "Break it");
    await world.start();
    await eventually("broken", async () =>
      (await room.conditions()).some((condition) => /Spec(Invalid|Unreadable)/u.test(condition)),
    );
    world.commit({ "rooms/moved.room.yaml": text }, "Mend it");
    await eventually("mended", async () =>
      (await room.conditions()).every((condition) => !/Spec(Invalid|Unreadable)/u.test(condition)),
    );
    await room.pass();
    await isHeldBy(commit, "mended");
  });

  describe("that another source asked for", () => {
    let other: GitRepository;

    beforeEach(async () => {
      other = GitRepository.create({ root: world.repository.root, name: "other.git" });
      other.commit({ "README.md": "no rooms yet" });
      await world.start({
        Git__Sources__1__Name: "other",
        Git__Sources__1__Url: world.git.url("other.git"),
        Git__Sources__1__IntervalSeconds: "0.2",
      });
      await world.verified(room.id);
    });

    const claim = (message: string, files: Record<string, string | null> = {}) =>
      other.commit(
        { "a.room.yaml": specYaml({ roomId: room.id, ...HELD }), ...files },
        { message },
      );
    const isHead = (head: string, source = "other") =>
      eventually(`${source} is at its head`, async () => {
        const { sources } = await world.status();
        const found = sources.find(({ name }) => name === source);
        return found?.observedRevision?.includes(head) === true;
      });
    const takenOver = async (by = "other") => {
      world.commit({ [room.path]: null }, "Let go");
      await eventually("taken over", async () => (await room.status()).source === by);
      await room.pass();
    };

    it("before it had the room, by a line that only looks like one", async () => {
      const commit = claim(`Claim it\n\ndry-run: true`);
      await isHead(commit);
      await isHead(other.commit({ "README.md": "more" }, { message: "More" }));
      await world.stop();
      await world.start();
      await takenOver();
      await isHeldBy(commit, "before");
    });

    it("under the name that it had before, until that is confirmed", async () => {
      const commit = claim("Claim it\n\nDry-Run: true");
      await isHead(commit);
      const restart = async (name: string, head: string) => {
        await world.stop();
        await world.start({ Git__Sources__1__Name: name });
        await isHead(head, name);
      };
      await restart("third", commit);
      await takenOver("third");
      await isHeldBy(commit, "third");
      const yes = other.commit({}, { message: `Go\n\nConfirm: ${room.id}` });
      await isHead(yes, "third");
      await restart("fourth", yes);
      await eventually("fourth has it", async () => (await room.status()).source === "fourth");
      await room.pass();
      expect((await room.status()).dryRun, "fourth").to.equal(null);
    });

    it("in a later commit that names the room, and not in one before it", async () => {
      await isHead(claim("Claim it"));
      const commit = other.commit({}, { message: `Wait\n\nDry-Run: ${room.id}` });
      await isHead(commit);
      await isHead(other.commit({}, { message: `Yes\n\nConfirm: ${room.id}` }));
      await takenOver();
      await isHeldBy(commit, "named");
    });

    it("until a commit of that source changes its file without the word", async () => {
      await isHead(claim("Claim it\n\nDry-Run: true"));
      const text = specYaml({ roomId: room.id, version: 3, entities: entityIds(3) });
      await isHead(other.commit({ "a.room.yaml": text }, { message: "Meant so" }));
      await takenOver();
      expect((await room.status()).dryRun).to.equal(null);
    });
  });
});
