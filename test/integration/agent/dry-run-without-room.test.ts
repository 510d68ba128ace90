import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const TRY = "Try it\n\nDry-Run: true";
const SETTINGS = {
  Operator__Reconciliation__IntervalSeconds: "60",
  Operator__Reconciliation__StateConsistency__StaleTolerance: "300ms",
};

describe("a dry run of a room that is not on record", () => {
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create(SETTINGS);
    room = new RoomStory(world, "room-brief");
    world.commit({ "rooms/more.room.yaml": specYaml({ roomId: "room-more" }) });
  });

  afterEach(async () => {
    await world.remove();
  });

  async function started(): Promise<void> {
    await world.start();
    await eventually("room-more is ready", async () => {
      const { conditions } = await world.room("room-more");
      return conditions.some(({ type, status }) => type === "Ready" && status === "True");
    });
  }

  /** One push: each commit is a text of the room's file, or null for none, with its message. */
  async function push(
    ...commits: readonly (readonly [number | null, string])[]
  ): Promise<string[]> {
    const { repository } = world;
    repository.forceBranch(repository.head() ?? "", "next");
    const oids = commits.map(([count, message]) =>
      world.commit({ [room.path]: count === null ? null : text(count) }, message, {
        branch: "next",
      }),
    );
    const head = oids.at(-1) ?? "";
    repository.forceBranch(head);
    await world.observed(head);
    return oids;
  }

  const text = (count: number) => specYaml({ roomId: room.id, entities: entityIds(count) });

  async function isHeldBy(commit: string, why: string): Promise<void> {
    await eventually(why, async () => (await room.status()).dryRun === commit);
    await room.pass();
    expect(await room.entities(), why).to.deep.equal([]);
  }

  async function endsByName(count: number): Promise<void> {
    await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(entityIds(count));
  }

  it("counts where its file came and went in one fetch, and a force-push brings its commit back", async () => {
    await started();
    const [dry = "", between = ""] = await push([2, TRY], [2, "Say more"], [null, "Not now"]);
    expect((await world.get(`/status/rooms/${room.id}`)).status).to.equal(404);
    world.repository.forceBranch(between);
    await world.observed(between);
    await isHeldBy(dry, "the commit is back");
    await endsByName(2);
  });

  it("counts where its file came and went in one fetch, and a revert brings the file back", async () => {
    await started();
    const [dry = ""] = await push([2, TRY], [null, "Not now"]);
    await world.stop();
    await started();
    await push([2, "Put it back"]);
    await isHeldBy(dry, "the file is back");
    await endsByName(2);
  });

  it("does not hold another spec that a commit brings", async () => {
    await started();
    const [dry = "", between = ""] = await push([2, TRY], [2, "Say more"], [null, "Not now"]);
    const [other = ""] = await push([3, "Something else"]);
    await world.verified(room.id, other);
    world.repository.forceBranch(between);
    await world.observed(between);
    await eventually("the commit is back", async () => (await room.status()).dryRun === dry);
  });

  it("counts where its file came and went in one fetch while the room waits for its prune", async () => {
    const first = room.commit({ entities: entityIds(1) });
    await world.start({ Git__Sources__0__Prune: "true" });
    await world.verified(room.id, first);
    await push([null, "Close it"]);
    await world.reason(room.id, "PruneNeedsConfirm");
    const [dry = "", between = ""] = await push([2, TRY], [2, "Say more"], [null, "Not now"]);
    world.repository.forceBranch(between);
    await world.observed(between);
    await eventually("the commit is back", async () => (await room.status()).dryRun === dry);
    await room.pass();
    expect(await room.entities()).to.deep.equal(entityIds(1));
  });

  it("counts once the room was forgotten, and a revert brings its file back", async () => {
    await started();
    const [dry = ""] = await push([2, TRY]);
    await isHeldBy(dry, "new");
    await push([null, "Not now"]);
    await eventually("orphaned", async () => (await room.status()).source === null);
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    await push([2, "Put it back"]);
    await isHeldBy(dry, "the file is back");
    await endsByName(2);
  });

  it("counts once the room was forgotten twice, posted, and git has it again", async () => {
    await started();
    const [dry = ""] = await push([2, TRY]);
    await isHeldBy(dry, "new");
    await push([null, "Not now"]);
    await eventually("orphaned", async () => (await room.status()).source === null);
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    expect((await world.applyYaml(text(1))).status).to.equal(200);
    expect(await room.entities()).to.deep.equal(entityIds(1));
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    await push([2, "Put it back"]);
    await eventually("the file is back", async () => (await room.status()).dryRun === dry);
    await room.pass();
    expect(await room.entities()).to.deep.equal(entityIds(1));
  });
});

describe("dry runs that a source asked for in a room of another source", () => {
  let world: AgentWorld;
  let room: RoomStory;
  let other: GitRepository;

  beforeEach(async () => {
    world = await AgentWorld.create(SETTINGS);
    room = new RoomStory(world, "room-kept");
    world.commit({ "rooms/more.room.yaml": specYaml({ roomId: "room-more" }) });
    room.commit({ entities: entityIds(4) });
    other = GitRepository.create({ root: world.repository.root, name: "other.git" });
    other.commit({ "README.md": "no rooms yet" });
    await world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("other.git"),
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await world.verified(room.id);
  });

  afterEach(async () => {
    await world.remove();
  });

  const isHead = (head: string) =>
    eventually(`other is at ${head}`, async () => {
      const { sources } = await world.status();
      const found = sources.find(({ name }) => name === "other");
      return found?.observedRevision?.includes(head) === true;
    });

  async function claim(count: number | null, message: string): Promise<string> {
    const text =
      count === null
        ? null
        : specYaml({ roomId: room.id, version: count, entities: entityIds(count) });
    const head = other.commit({ "a.room.yaml": text }, { message });
    await isHead(head);
    return head;
  }

  async function back(head: string): Promise<void> {
    other.forceBranch(head);
    await isHead(head);
  }

  /** A commit that changes no spec, so that what is below it is not the head. */
  async function more(): Promise<string> {
    const head = other.commit({ "README.md": "more" }, { message: "Say more" });
    await isHead(head);
    return head;
  }

  async function takenOver(): Promise<void> {
    world.commit({ [room.path]: null }, "Let go");
    await eventually("taken over", async () => (await room.status()).source === "other");
    await room.pass();
  }

  async function isHeldBy(commit: string): Promise<void> {
    await eventually("held", async () => (await room.status()).dryRun === commit);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  }

  it("count where a force-push goes back to one before the source has the room", async () => {
    const dry = await claim(2, TRY);
    const between = await more();
    await claim(3, "Meant so");
    await back(between);
    await takenOver();
    await isHeldBy(dry);
  });

  it("count where a force-push goes back to one once the source has the room", async () => {
    const dry = await claim(2, TRY);
    const between = await more();
    await claim(3, "Meant so");
    await takenOver();
    await back(between);
    await eventually("held", async () => (await room.status()).dryRun === dry);
  });

  it("count, the older one too, where two were ended", async () => {
    const first = await claim(2, TRY);
    const between = await more();
    await claim(5, "Again\n\nDry-Run: true");
    await claim(3, "Meant so");
    await world.stop();
    await world.start();
    await back(between);
    await takenOver();
    await isHeldBy(first);
  });

  it("count where the file went and a revert brought it back", async () => {
    const dry = await claim(2, TRY);
    await claim(null, "Not now");
    await claim(2, "Put it back");
    await takenOver();
    await isHeldBy(dry);
  });
});
