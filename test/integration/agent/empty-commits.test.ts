import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, logOf, sum } from "../../support/attention-checks.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

describe("a commit that changes no file", () => {
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    room = new RoomStory(world, "room-empty-commit");
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  /** A room of four entities, of which the newest spec takes out three: refused until confirmed. */
  async function aRefusedRoom(): Promise<void> {
    room.commit({ version: 1, entities: entityIds(4) });
    await world.start();
    await world.verified(room.id);
    expect((await room.push({ version: 2, entities: ["E-01"] })).status).to.equal(412);
  }

  const warnings = async () => (await world.observed()).sources[0]?.warnings ?? [];
  const explained = async () =>
    (await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`)).body.blockedBy;
  const ignored = () => logOf(world).filter(({ message }) => message === "intent ignored");

  it("is the head that explain names, next to the revision that changed the room", async () => {
    room.commit({ version: 1, entities: ["E-01"] });
    await world.start();
    await world.verified(room.id);
    const changed = world.repository.head();
    world.commit({}, "Say nothing");
    await world.observed();
    const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    expect(body).to.deep.include({
      atHead: true,
      head: `main@sha1:${changed}`,
      sourceHead: `main@sha1:${world.repository.head()}`,
      blockedBy: [],
    });
  });

  it("is no other than one that changes only files that no source reads", async () => {
    await aRefusedRoom();
    world.commit({ "README.md": "hello" }, "Describe it\n\nConfirm: true");
    expect((await room.pass()).status).to.equal(412);
    const [warning, ...others] = await warnings();
    expect(others).to.deep.equal([]);
    expect(warning?.message).to.include(
      "the commit changes no spec and no seed, so `Confirm: true` names no room: write `Confirm: <room id>`",
    );
    expect(warning?.message).to.include(`Waiting for a confirmation: ${room.id}`);
  });

  it("names a room that waits as a dry run", async () => {
    await aRefusedRoom();
    room.commit({ version: 8, entities: entityIds(5) }, "Try\n\nDry-Run: true");
    await room.pass();
    expect(await room.refusals()).to.deep.equal([]);
    world.commit({}, "Do it\n\nConfirm: true");
    expect((await room.pass()).body).to.include({ outcome: "planned" });
    const [warning] = await warnings();
    expect(warning?.message).to.include(`Waiting for a confirmation: ${room.id}`);
  });

  it("is silent where another source of the repository may read the file", async () => {
    await world.start({
      Git__Sources__1__Name: "others",
      Git__Sources__1__Url: world.git.url(),
      Git__Sources__1__Path: "others",
      Git__Sources__0__Path: "rooms",
    });
    room.commit({ version: 1, entities: entityIds(2) });
    await world.verified(room.id);
    world.commit({ "README.md": "hello" }, "Describe it\n\nConfirm: true");
    await world.observed();
    expect(await warnings()).to.deep.equal([]);
  });

  it("says with `Confirm: true` what to write, and is followed once it is written so", async () => {
    await aRefusedRoom();
    expect((await room.say("Allow it\n\nConfirm: true")).status).to.equal(412);
    const commit = world.repository.head() ?? "";
    const line = "Confirm: true";
    const detail =
      "the commit changes no file, so `Confirm: true` names no room: write `Confirm: <room id>` in a new commit. " +
      `Waiting for a confirmation: ${room.id}`;
    const warning = {
      reason: "IntentIgnored",
      message: `\`${line}\` of commit ${commit} does not count: ${detail}`,
    };
    expect(await warnings()).to.deep.equal([warning]);
    const records = await world.audit("intent.ignored");
    expect(records.map(({ metadata }) => metadata)).to.deep.equal([
      {
        actor: "operator",
        source: "specs",
        revision: `main@sha1:${commit}`,
        reason: "IntentIgnored",
        commit,
        line,
        detail,
      },
    ]);
    expect(ignored()).to.have.length(1);
    expect(ignored()[0]).to.deep.include({ source: "specs", commit, line, reason: detail });
    expect(sum(await gauges(world), "rooms_awaiting_confirm")).to.equal(1);
    const told = (await explained()).find(({ reason }) => reason === "IntentIgnored");
    expect(told?.message).to.equal(`source specs: ${warning.message}`);
    expect(told?.unblock).to.include(
      `\`git commit --allow-empty -m "Confirm removals" -m "Confirm: ${room.id}" && git push\``,
    );

    expect((await room.say(`Allow it\n\nConfirm: ${room.id}`)).status).to.equal(200);
    expect(await room.entities()).to.deep.equal(["E-01"]);
    expect(await warnings()).to.deep.equal([]);
    expect(await explained()).to.deep.equal([]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("says it with `Dry-Run: true`, and is followed once the room is named", async () => {
    room.commit({ version: 1, entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
    await room.say("Try it\n\nDry-Run: true");
    const [warning] = await warnings();
    expect(warning?.message).to.include("write `Dry-Run: <room id>` in a new commit");
    expect(warning?.message).to.not.include("Waiting");
    expect((await room.status()).dryRun).to.equal(null);
    await room.say(`Try it\n\nDry-Run: ${room.id}`);
    expect((await room.status()).dryRun).to.equal(world.repository.head());
    expect(await warnings()).to.deep.equal([]);
  });

  it("says nothing of a merge that brings in what was confirmed where it was done", async () => {
    await aRefusedRoom();
    const base = world.repository.head() ?? "";
    const side = world.commit({}, "Allow it\n\nConfirm: true", {
      branch: "side",
      parents: [base],
    });
    world.commit({}, "Merge it", { parents: [base, side] });
    await room.pass();
    const told = await warnings();
    expect(told).to.have.length(1);
    expect(told[0]?.message).to.include(`of commit ${side}`);
    expect(told[0]?.message).to.include("in the merge commit or a new commit on the branch");
  });

  it("is told from one that changes files of another source of the same repository", async () => {
    world.commit({
      "rooms/a.room.yaml": specYaml({ roomId: "room-side-a", entities: entityIds(4) }),
      "halls/b.room.yaml": specYaml({ roomId: "room-side-b", entities: entityIds(4) }),
    });
    await world.start({
      Git__Sources__0__Path: "rooms",
      Git__Sources__1__Name: "halls",
      Git__Sources__1__Url: world.git.url(),
      Git__Sources__1__Path: "halls",
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await world.verified("room-side-a");
    await world.verified("room-side-b");
    const warned = async () => {
      const head = `main@sha1:${world.repository.head()}`;
      const sources = await eventually("both sources are at head", async () => {
        const all = (await world.status()).sources;
        return all.every(({ observedRevision }) => observedRevision === head) ? all : undefined;
      });
      return sources.map(({ name, warnings: told }) => `${name} ${told.length}`).sort();
    };
    world.commit(
      { "halls/b.room.yaml": specYaml({ roomId: "room-side-b", version: 2, entities: ["E-01"] }) },
      "Shrink\n\nConfirm: true",
    );
    expect(await warned()).to.deep.equal(["halls 0", "specs 0"]);
    await world.verified("room-side-b");
    expect((await world.contents("room-side-b")).entities).to.deep.equal(["E-01"]);
    world.commit({}, "Allow it\n\nConfirm: true");
    expect(await warned()).to.deep.equal(["halls 1", "specs 1"]);
  });
});
