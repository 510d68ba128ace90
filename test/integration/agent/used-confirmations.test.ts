import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const STRANGERS = entityIds(8).map((id) => `X-${id}`);

describe("a Confirm that ended a dry run, and that a forced push brings again", () => {
  let world: AgentWorld;
  let room: RoomStory;
  let back: string;
  let confirm: string;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    world.commit({ "other/z.room.yaml": specYaml({ roomId: "room-z", entities: ["E-01"] }) });
    room = new RoomStory(world, "room-used");
    room.commit({ entities: entityIds(4) });
    await world.start();
    await world.verified(room.id);
    const dry = room.commit({ version: 2, entities: entityIds(6) }, "Two more\n\nDry-Run: true");
    await world.reason(room.id, "DryRun");
    back = world.commit({ "README.md": "before" }, "Say more");
    await world.observed(back);
    confirm = world.commit({}, `Go\n\nConfirm: ${room.id}`);
    await world.observed(confirm);
    await world.verified(room.id, dry);
  });

  afterEach(async () => {
    await world.remove();
  });

  async function restart(env: Record<string, string> = {}): Promise<void> {
    const top = world.commit({ "README.md": "after" }, "Say still more");
    await world.observed(top);
    await world.stop();
    await world.start(env);
    await isAt(top);
  }

  async function isAt(oid: string): Promise<void> {
    await eventually("all sources are there", async () => {
      const { sources } = await world.status();
      return sources.every(({ observedRevision }) => observedRevision?.endsWith(`@sha1:${oid}`));
    });
  }

  /** Eight join by hand, and the branch goes back behind the `Confirm` and forward again. */
  async function doesNotCount(reason: RegExp): Promise<void> {
    const top = world.repository.head() ?? "";
    await room.driftIn(...STRANGERS);
    expect((await room.pass()).status).to.equal(412);
    for (const oid of [back, top]) {
      world.repository.forceBranch(oid);
      await isAt(oid);
      await room.pass();
    }
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.include.members(STRANGERS);
    const { intentIgnored } = await room.status();
    const lines = intentIgnored.filter(({ commit }) => commit === confirm);
    expect(lines).to.have.length(1);
    expect(lines[0]?.reason).to.match(reason);
  }

  for (const { name, env } of [
    {
      name: "the source's Url and Path changed",
      env: () => ({
        Git__Sources__0__Url: world.git.url().replace("127.0.0.1", "localhost"),
        Git__Sources__0__Path: "rooms",
      }),
    },
    {
      name: "the source's Ref changed",
      env: () => {
        world.repository.git("symbolic-ref", "refs/heads/trunk", "refs/heads/main");
        return { Git__Sources__0__Ref__Branch: "trunk" };
      },
    },
    { name: "the source's name changed", env: () => ({ Git__Sources__0__Name: "rooms" }) },
    {
      name: "the source's name went to another source",
      env: () => ({
        Git__Sources__0__Name: "rooms",
        Git__Sources__0__Path: "rooms",
        Git__Sources__1__Name: "specs",
        Git__Sources__1__Url: world.git.url(),
        Git__Sources__1__Path: "other",
        Git__Sources__1__IntervalSeconds: "0.2",
      }),
    },
  ]) {
    it(`does not count after ${name}`, async () => {
      await restart(env());
      await doesNotCount(/^AlreadyUsed: /);
    });
  }

  it("does not count under an old name that is back while the newer one is another source's", async () => {
    await restart({ Git__Sources__0__Name: "rooms" });
    confirm = world.commit({}, `Go\n\nConfirm: ${room.id}`);
    await isAt(confirm);
    await room.driftIn(...STRANGERS);
    expect((await room.pass()).status).to.equal(412);
    await world.stop();
    await world.start({
      Git__Sources__0__Name: "specs",
      Git__Sources__1__Name: "rooms",
      Git__Sources__1__Url: world.git.url(),
      Git__Sources__1__Path: "other",
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await isAt(confirm);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.include.members(STRANGERS);
  });

  it("does not count after more commits with a Confirm than are remembered", async () => {
    const said = (at: number) => `Say ${at}\n\nConfirm: room-zz${at}`;
    const line = world.repository.commitLine(520, () => ({}), said);
    world.repository.forceBranch(line.at(-1) ?? "");
    await world.observed();
    await eventually("the log says so", async () =>
      world.said.includes("used confirmations forgotten"),
    );
    expect(await world.audit("source.confirmsForgotten")).to.have.length(1);
    await restart();
    await doesNotCount(/^MayBeUsed: .*\d{4}-\d\d-\d\dT/);
    const head = world.repository.head() ?? "";
    room.commit({ version: 3, entities: entityIds(6) }, `Let them go\n\nConfirm: ${room.id}`);
    expect(world.repository.head()).to.not.equal(head);
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(entityIds(6));
  });
});
