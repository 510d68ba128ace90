import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const LIMITS = "Git__Sources__0__Limits__";

describe("a dry run in a history that was rewritten", () => {
  let world: AgentWorld;
  let room: RoomStory;
  let other: RoomStory;
  let base: string;

  beforeEach(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
      Operator__Reconciliation__StateConsistency__StaleTolerance: "300ms",
    });
    room = new RoomStory(world, "room-amended");
    other = new RoomStory(world, "room-other");
    other.commit({ entities: entityIds(1) });
    base = room.commit({ entities: entityIds(2) });
  });

  afterEach(async () => {
    await world.remove();
  });

  async function started(env: Record<string, string> = {}): Promise<void> {
    await world.start(env);
    await world.verified(room.id);
    await world.verified(other.id);
  }

  /** A commit in place of those that were made since the base. */
  function amend(version: number, message: string, count = 6): string {
    const spec = { roomId: room.id, version, entities: entityIds(count) };
    return world.commit({ [room.path]: specYaml(spec) }, message, { parents: [base] });
  }

  async function isHeldBy(commit: string): Promise<void> {
    await world.observed(commit);
    await isAgain(commit);
  }

  async function isAgain(commit: string): Promise<void> {
    await eventually("it is a dry run", async () => (await room.status()).dryRun === commit);
    await room.pass();
    expect(await room.entities()).to.deep.equal(entityIds(2));
  }

  it("is one where an amended commit says so, and that commit's Confirm does not count", async () => {
    await started();
    other.commit({ version: 2, entities: entityIds(2) }, "Something else");
    await world.verified(other.id);
    const head = amend(2, `Try it\n\nDry-Run: true\nConfirm: ${room.id}`);
    await isHeldBy(head);
    const lines = (await room.status()).intentIgnored;
    expect(lines.map(({ line }) => line)).to.deep.equal([`Confirm: ${room.id}`]);
    expect((await other.status()).dryRun).to.equal(null);
  });

  it("is one where the line only looks like a Dry-Run", async () => {
    await started();
    other.commit({ version: 2, entities: entityIds(2) }, "Something else");
    await world.verified(other.id);
    await isHeldBy(amend(2, "Try it\n\nDry-run = true"));
    const { conditions } = await room.status();
    expect(conditions.map(({ reason }) => reason)).to.include("DryRunLookAlike");
  });

  it("goes on until a commit on top changes the room, or a person names it", async () => {
    await started();
    other.commit({ version: 2, entities: entityIds(2) }, "Something else");
    await world.verified(other.id);
    await isHeldBy(amend(2, "Try it\n\nDry-Run: true"));
    await isHeldBy(amend(2, "Try it again\n\nDry-Run: true", 5));
    await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(entityIds(5));
  });

  it("is one where the commits behind the head were too many to read", async () => {
    await started({ [`${LIMITS}CommitFiles`]: "3" });
    for (const version of [2, 3, 4]) other.commit({ version, entities: entityIds(version) });
    const head = room.commit({ version: 2, entities: entityIds(6) }, "Try it\n\nDry-Run: true");
    await isHeldBy(head);
    const [source] = (await world.status()).sources;
    expect(source?.warnings.map(({ reason }) => reason)).to.include("CommitsNotRead");
  });

  it("is one again where the commit that ended it is dropped by force", async () => {
    await started();
    const spec = { version: 2, entities: entityIds(6) };
    const dry = room.commit(spec, "Try it\n\nDry-Run: true");
    await isHeldBy(dry);
    room.commit({ version: 3, entities: entityIds(2) }, "Something else");
    await world.verified(room.id);
    const parents = { parents: [dry] };
    world.commit({ "README.md": "in its place" }, "Say more", parents);
    await world.observed();
    await isAgain(dry);
    await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(entityIds(6));
  });

  it("stays ended by a Confirm that the branch leaves and is back at, as explain advises", async () => {
    await started();
    const dry = room.commit({ version: 2, entities: entityIds(6) }, "Try it\n\nDry-Run: true");
    await isHeldBy(dry);
    const head = world.commit({}, `Yes\n\nConfirm: ${room.id}`);
    await world.verified(room.id, dry);
    world.repository.forceBranch(base);
    await world.observed(base);
    world.repository.forceBranch(head);
    await world.observed(head);
    await eventually("the room is ready without a person", async () => {
      const { conditions, dryRun } = await room.status();
      const ready = conditions.find(({ type }) => type === "Ready");
      return dryRun === null && ready?.status === "True";
    });
    expect(await room.entities()).to.deep.equal(entityIds(6));
  });

  it("is none any more where its commit is dropped by force and the spec in force is back", async () => {
    await started();
    const dry = room.commit({ version: 2, entities: entityIds(6) }, "Try it\n\nDry-Run: true");
    await isHeldBy(dry);
    world.repository.forceBranch(base);
    await world.observed(base);
    await eventually("the room is ready without a person", async () => {
      const { conditions, dryRun } = await room.status();
      const ready = conditions.find(({ type }) => type === "Ready");
      return dryRun === null && ready?.status === "True";
    });
    world.repository.forceBranch(dry);
    await isHeldBy(dry);
  });

  it("is of its seeds alone: others that the room was verified at are carried out, and others are held", async () => {
    const text = specYaml({ roomId: room.id, version: 2, artifacts: ["plan"] });
    const seeded = (seed: string, message = `Seed ${seed}`, parents?: readonly string[]) =>
      world.commit(
        { [room.path]: text, "seeds/plan.md": seed },
        message,
        parents === undefined ? {} : { parents },
      );
    await started();
    const one = seeded("one", `Begin\n\nConfirm: ${room.id}`);
    await world.verified(room.id, one);
    const two = seeded("two", "Try it\n\nDry-Run: true");
    await world.observed(two);
    await eventually("it is a dry run", async () => (await room.status()).dryRun === two);
    await world.verified(room.id, seeded("three"));
    world.repository.forceBranch(one);
    await eventually("one is back", async () => {
      const { observedRevision, dryRun, conditions } = await room.status();
      const ready = conditions.find(({ type }) => type === "Ready");
      return (
        observedRevision?.includes(one) === true && dryRun === null && ready?.status === "True"
      );
    });
    const six = seeded("six", "Plain", [base]);
    await world.observed(six);
    await eventually("six is held", async () => (await room.status()).dryRun === six);
    expect(JSON.stringify((await room.status()).conditions)).to.include(`commit ${two} asked`);
  });

  it("is not ended in the spec that a force-push put in its place, by a request that confirms its plan", async () => {
    await started({ Git__Sources__0__IntervalSeconds: "60" });
    const dry = room.commit({ version: 2, entities: entityIds(6) }, "Try it\n\nDry-Run: true");
    expect((await room.pass()).status).to.equal(200);
    await isAgain(dry);
    const other = amend(3, "Something else", 5);
    await room.pass({ "X-Confirm": "true" });
    expect(await room.entities()).to.deep.equal(entityIds(2));
    const { dryRun, conditions } = await room.status();
    expect(dryRun).to.equal(other);
    const held = conditions.find(({ reason }) => reason === "DryRunLookAlike");
    expect(held?.message).to.include(`commit ${dry} asked for a dry run`);
    await room.pass({ "X-Confirm": "true" });
    expect(await room.entities()).to.deep.equal(entityIds(5));
  });

  it("is one where the branch goes back to a commit that says so", async () => {
    const head = room.commit({ version: 2, entities: entityIds(6) }, "Try it\n\nDry-Run: true");
    room.commit({ version: 3, entities: entityIds(2) }, "Take it back");
    await started();
    world.repository.forceBranch(head);
    await isHeldBy(head);
  });
});
