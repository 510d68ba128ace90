import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const OTHER_FILES = Object.fromEntries([1, 2, 3, 4].map((at) => [`vendor/${at}.txt`, `${at}`]));
const GONE = Object.fromEntries(Object.keys(OTHER_FILES).map((path) => [path, null]));

describe("a dry run behind a head whose commits are too much to be read", () => {
  let world: AgentWorld;
  let room: RoomStory;
  let other: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
      Git__Sources__0__Limits__CommitFiles: "5",
    });
    room = new RoomStory(world, "room-dry");
    other = new RoomStory(world, "room-other");
    other.commit({ entities: entityIds(1) });
    room.commit({ entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  /** One push: the room changes with this message, then other files come and go. */
  async function push(message: string): Promise<string> {
    const { repository } = world;
    repository.forceBranch(repository.head() ?? "", "next");
    const onNext = { branch: "next" };
    const spec = specYaml({ roomId: room.id, version: 2, entities: entityIds(6) });
    const said = world.commit({ [room.path]: spec }, message, onNext);
    world.commit(OTHER_FILES, "Import", onNext);
    const head = world.commit(GONE, "Clean up", onNext);
    repository.forceBranch(head);
    await world.observed(head);
    const [source] = (await world.status()).sources;
    expect(source?.warnings.map(({ reason }) => reason)).to.include("CommitsNotRead");
    return said;
  }

  it("is held, says why, and ends with a Confirm that names the room", async () => {
    const commit = await push("Try it\n\nDry-Run: room-dry");
    await eventually("it is a dry run", async () => (await room.status()).dryRun === commit);
    await room.pass();
    expect(await room.entities()).to.deep.equal(entityIds(2));
    expect((await other.status()).dryRun).to.equal(null);
    const { conditions, pendingDiff } = await room.status();
    const held = conditions.find(({ reason }) => reason === "DryRunLookAlike");
    expect(held?.message).to.include(commit).and.include("CommitsNotRead").and.include("Confirm");
    expect(pendingDiff?.toJoin).to.deep.equal(["E-03", "E-04", "E-05", "E-06"]);
    await room.say(`Mean it\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(entityIds(6));
  });

  it("does not come from commits that ask for none", async () => {
    await push("Add four");
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(entityIds(6));
  });

  it("is held for a room that is new with these commits", async () => {
    const fresh = new RoomStory(world, "room-fresh");
    const { repository } = world;
    repository.forceBranch(repository.head() ?? "", "next");
    const onNext = { branch: "next" };
    const spec = specYaml({ roomId: fresh.id, entities: entityIds(2) });
    world.commit({ [fresh.path]: spec }, "Try it\n\nDry-Run: true", onNext);
    world.commit(OTHER_FILES, "Import", onNext);
    const head = world.commit(GONE, "Clean up", onNext);
    repository.forceBranch(head);
    await world.observed(head);
    await fresh.pass();
    expect(await fresh.entities()).to.deep.equal([]);
  });
});
