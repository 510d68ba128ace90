import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { healthOf } from "../../support/attention-checks.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const COPY = "rooms/copy.room.yaml";

describe("a file that is meant for an orphan", () => {
  let world: AgentWorld;
  let room: RoomStory;
  let synced: string | null;

  beforeEach(async () => {
    world = await AgentWorld.create();
    room = new RoomStory(world, "lab-01");
    world.commit({ "rooms/desk.room.yaml": specYaml({ roomId: "desk-01" }) });
    room.commit({ version: 1, entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
    world.commit({ [room.path]: null });
    await world.reason(room.id, "Orphaned");
    synced = await eventually("synced", async () => {
      const [source] = (await world.observed()).sources;
      return source?.syncedRevision === source?.observedRevision && source?.syncedRevision;
    });
    await room.newWrites();
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const text = () => specYaml({ roomId: room.id, version: 2, entities: entityIds(3) });
  const explained = async () => (await world.get<ExplainAnswer>("/rooms/lab-01/explain")).body;
  /** What the source, the gauge and, after a restart, both again say of the room. */
  const isHeldBack = async (reason: string) => {
    for (const isAgain of [false, true]) {
      if (isAgain) await world.stop();
      if (isAgain) await world.start();
      await world.reason(room.id, reason);
      const { sources } = await world.observed();
      expect(sources[0]?.heldBackBy).to.deep.equal([{ roomId: room.id, reason }]);
      expect(sources[0]?.syncedRevision).to.equal(synced);
      const gauge = `rooms{source="specs",ready="False",reason="${reason}"} 1`;
      expect(await world.text("/metrics")).to.include(gauge);
    }
  };
  const needy = async () =>
    (await healthOf(world)).problems
      .map(({ message }) => message)
      .find((one) => one.includes("a person"));

  it("is the orphan's problem while it is broken, and gives it its owner once corrected", async () => {
    world.commit({ [room.path]: text().replace("kind: agent", "kind: boss") });
    const status = await world.reason(room.id, "SpecInvalid");
    expect(status.headProblem?.message).to.include(`${room.path}:`);
    expect(status.needsPerson?.message).to.equal(status.headProblem?.message);
    expect(status).to.include({ source: null, orphaned: false });
    const stalled = ["Ready False SpecInvalid", "Stalled True SpecInvalid"];
    expect(await room.conditions()).to.include.members(stalled);
    expect(await needy()).to.include("lab-01 (SpecInvalid)");
    await isHeldBack("SpecInvalid");
    const { atHead, blockedBy } = await explained();
    expect(atHead).to.equal(false);
    expect(blockedBy[0]?.reason).to.equal("SpecInvalid");
    expect(blockedBy[0]?.message).to.include(room.path).and.to.include("has no owner");
    await room.driftOut("E-02");
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
    const head = world.commit({ [room.path]: text() });
    await world.verified(room.id);
    await eventually("synced", async () =>
      ((await world.status()).sources[0]?.syncedRevision ?? "").includes(head),
    );
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
    expect(await needy()).to.equal(undefined);
  });

  it("leaves a plain orphan when it goes", async () => {
    world.commit({ [room.path]: text().replace("kind: agent", "kind: boss") });
    await world.reason(room.id, "SpecInvalid");
    world.commit({ [room.path]: null });
    const status = await world.reason(room.id, "Orphaned");
    expect(status).to.include({ orphaned: true, needsPerson: null, headProblem: null });
    expect(await room.audit("room.orphaned")).to.have.length(2);
    expect(await room.audit("room.specRefused")).to.have.length(1);
    const [source] = (await world.observed()).sources;
    expect(source?.heldBackBy).to.deep.equal([]);
    expect(source?.syncedRevision).to.equal(source?.observedRevision);
    expect((await explained()).atHead).to.equal(true);
  });

  it("is named where it is not read because of its name", async () => {
    world.commit({ "rooms/lab.yaml": text() });
    const found = await eventually("the file is named", async () => {
      const { atHead, blockedBy } = await explained();
      const [orphan] = blockedBy;
      return orphan?.message.includes("rooms/lab.yaml") === true && { atHead, orphan };
    });
    expect(found.atHead).to.equal(true);
    expect(found.orphan.reason).to.equal("Orphaned");
    expect(found.orphan.unblock).to.match(/^If the file named is its spec, rename it/);
  });

  it("is refused with another one that names it, in status as in explain", async () => {
    world.commit({ [room.path]: text(), [COPY]: text() });
    const status = await world.reason(room.id, "ClaimedTwice");
    expect(status.headProblem?.message).to.include(room.path).and.to.include(COPY);
    expect(status.needsPerson?.reason).to.equal("ClaimedTwice");
    expect(await needy()).to.include("lab-01 (ClaimedTwice)");
    await isHeldBack("ClaimedTwice");
    const { atHead, blockedBy } = await explained();
    expect(atHead).to.equal(false);
    expect(blockedBy.map(({ reason }) => reason)).to.deep.equal(["ClaimedTwice", "ClaimedTwice"]);
    world.commit({ [COPY]: null });
    await world.verified(room.id);
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
  });
});

describe("a spec that is renamed to a name that is not read", () => {
  let world: AgentWorld;
  let room: RoomStory;
  let synced: string | null;

  beforeEach(async () => {
    world = await AgentWorld.create();
    room = new RoomStory(world, "lab-01");
    world.commit({
      "rooms/desk.room.yaml": specYaml({ roomId: "desk-01" }),
      "rooms/old.yaml": specYaml({ roomId: "old-01" }),
    });
    room.commit({ version: 1, entities: entityIds(2) });
    await world.start();
    await world.verified(room.id);
    await room.newWrites();
    await world.verified("desk-01");
    synced = (await world.observed()).sources[0]?.syncedRevision ?? null;
    world.commit({
      [room.path]: null,
      "rooms/lab.yaml": specYaml({ roomId: room.id, version: 1, entities: entityIds(2) }),
    });
    await world.reason(room.id, "RoomSpecNotRead");
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const explained = async () => (await world.get<ExplainAnswer>("/rooms/lab-01/explain")).body;

  it("holds its source back, also over a restart, and is kept at nothing, until the file has a name that is read", async () => {
    const heldBack = async () => {
      const { sources } = await world.observed();
      expect(sources[0]?.heldBackBy).to.deep.equal([
        { roomId: room.id, reason: "RoomSpecNotRead" },
      ]);
      expect(sources[0]?.syncedRevision).to.equal(synced);
    };
    await heldBack();
    const [refused] = await room.audit("room.specRefused");
    expect(refused?.metadata["enforcedRevision"]).to.equal(null);
    await world.stop();
    await world.start();
    await heldBack();
    world.commit({ "README.md": "other" });
    await heldBack();
    world.commit({ "rooms/lab.yaml": null });
    await world.reason(room.id, "Orphaned");
    const [source] = (await world.observed()).sources;
    expect(source?.heldBackBy).to.deep.equal([]);
    expect(source?.syncedRevision).to.equal(source?.observedRevision);
  });

  it("is named by its room, which needs a person until it is renamed again", async () => {
    const { headProblem, needsPerson } = await room.status();
    const rename = "Rename rooms/lab.yaml to rooms/lab.room.yaml";
    expect(headProblem?.message.startsWith(`${rename}: `)).to.equal(true);
    expect(needsPerson?.reason).to.equal("RoomSpecNotRead");
    const { status, problems } = await healthOf(world);
    expect(status).to.equal("degraded");
    expect(problems.map(({ message }) => message).join()).to.include("lab-01 (RoomSpecNotRead)");
    const { atHead, blockedBy } = await explained();
    expect(atHead).to.equal(false);
    expect(blockedBy[0]?.message.startsWith(rename)).to.equal(true);
    expect(blockedBy[0]?.message).to.include("has no owner");
    expect(blockedBy[0]?.unblock.startsWith(rename)).to.equal(true);
    const stalled = ["Ready False RoomSpecNotRead", "Stalled True RoomSpecNotRead"];
    expect(await room.conditions()).to.deep.equal(stalled);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
    world.commit({
      "rooms/lab.yaml": null,
      [room.path]: specYaml({ roomId: room.id, version: 2, entities: entityIds(2) }),
    });
    await world.verified(room.id);
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
  });

  it("is named where only the case of its name is wrong", async () => {
    world.commit({
      "rooms/lab.yaml": null,
      [room.path]: specYaml({ roomId: room.id, version: 2, entities: entityIds(2) }),
    });
    await world.verified(room.id);
    const wrong = "rooms/lab.room.YAML";
    const text = specYaml({ roomId: room.id, version: 2, entities: entityIds(2) });
    world.commit({ [room.path]: null, [wrong]: text });
    const { needsPerson } = await world.reason(room.id, "RoomSpecNotRead");
    expect(needsPerson?.message).to.include(wrong).and.to.include("in lower case");
    const again = "rooms/lab-room.yaml";
    world.commit({ [wrong]: null, [again]: text });
    await eventually("its next name is named", async () => {
      const { needsPerson: person } = await room.status();
      return person?.reason === "RoomSpecNotRead" && person.message.includes(again);
    });
    world.commit({ [again]: null });
    expect((await world.reason(room.id, "Orphaned")).needsPerson).to.equal(null);
  });

  it("leaves a plain orphan once no source is configured that has it, until one is again", async () => {
    const other = GitRepository.create({ root: world.repository.root, name: "other.git" });
    other.commit({ "a.room.yaml": specYaml({ roomId: "a-01" }) });
    await world.stop();
    await world.start({
      Git__Sources__0__Name: "other",
      Git__Sources__0__Url: world.git.url("other.git"),
    });
    const status = await world.reason(room.id, "Orphaned");
    expect(status).to.include({ orphaned: true, needsPerson: null, headProblem: null });
    await world.stop();
    await world.start({ Git__Sources__0__Name: "specs", Git__Sources__0__Url: world.git.url() });
    const { needsPerson } = await world.reason(room.id, "RoomSpecNotRead");
    expect(needsPerson?.message, "with the source").to.include("rooms/lab.yaml");
  });

  it("leaves a plain orphan once it is deleted, and not before", async () => {
    world.commit({ "rooms/desk.room.yaml": specYaml({ roomId: "desk-01", version: 2 }) });
    await world.verified("desk-01");
    expect((await room.status()).needsPerson?.reason).to.equal("RoomSpecNotRead");
    world.commit({ "rooms/lab.yaml": null });
    const status = await world.reason(room.id, "Orphaned");
    expect(status).to.include({ orphaned: true, needsPerson: null, headProblem: null });
  });
});
