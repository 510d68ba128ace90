import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const NAME = "Git__Sources__0__Name";

describe("owners that the configuration names no more", () => {
  let world: AgentWorld;
  let room: RoomStory;

  beforeEach(async () => {
    world = await AgentWorld.create();
    room = new RoomStory(world, "room-harbor7");
    room.commit({ entities: ["E-01", "E-02"] });
  });

  afterEach(async () => {
    await world.remove();
  });

  const explained = async () => (await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`)).body;
  const health = async () =>
    (await world.get<{ status: string; problems: { message: string }[] }>("/health")).body;
  /** What the gauges of rooms, and of rooms without an owner, add up to. */
  const countedRooms = async () => {
    const metrics = await world.text("/metrics");
    const values = [...metrics.matchAll(/^room_operator_rooms(?:_orphaned)?(?:\{.*\})? (\d+)$/gm)];
    return values.reduce((total, [, value]) => total + Number(value), 0);
  };
  const isBack = () =>
    eventually("the drift is corrected", async () => (await room.entities()).includes("E-01"));

  /** Stops the agent, starts it under another name of the source. */
  async function restart(env: Record<string, string>): Promise<void> {
    await world.stop();
    await world.start(env);
  }

  /** Starts the agent without any source. */
  async function restartAlone(env: Record<string, string> = {}): Promise<void> {
    await world.stop();
    world.followsGit = false;
    await world.start(env);
  }

  it("are replaced at an unchanged head by the source that names the room, at each renaming", async () => {
    await world.start();
    await world.verified(room.id);
    for (const name of ["rooms2", "specs"]) {
      await restart({ [NAME]: name });
      await eventually(`${name} owns the room`, async () => {
        const { source, conditions } = await room.status();
        const ready = conditions.find(({ type }) => type === "Ready");
        return source === name && ready?.status === "True";
      });
      await room.driftOut("E-01");
      await isBack();
    }
    expect((await health()).status).to.equal("healthy");
    const actions = (await world.auditOf(room.id)).map(({ action }) => action);
    expect(actions.filter((action) => action === "room.takenOver")).to.have.length(2);
  });

  it("do not take a room over with an older snapshot than the head", async () => {
    await world.start();
    await world.verified(room.id);
    await restart({ [NAME]: "rooms2" });
    room.commit({ version: 2, entities: ["E-02", "E-03"] });
    await world.verified(room.id);
    await restart({ [NAME]: "specs" });
    await eventually("specs owns the room", async () => (await room.status()).source === "specs");
    expect((await world.verified(room.id)).specVersion).to.equal(2);
    expect(await world.writes(room.id)).to.not.include("kick E-03");
  });

  for (const mode of ["active", "passive"]) {
    it(`leave their rooms unmanaged and say so everywhere, in ${mode} mode too`, async () => {
      await world.start();
      await world.verified(room.id);
      await room.newWrites();
      const passive = "Operator__Reconciliation__StateConsistency__Mode";
      await restartAlone({ [passive]: mode });
      await world.reason(room.id, "SourceNotConfigured");
      expect(await room.status()).to.deep.include({ source: null, orphaned: false });
      const { status, problems } = await health();
      expect(status).to.equal("degraded");
      expect(JSON.stringify(problems)).to.include("SourceNotConfigured").and.include(room.id);
      const { atHead, blockedBy } = await explained();
      expect([atHead, blockedBy[0]?.reason]).to.deep.equal([false, "SourceNotConfigured"]);
      const lost = (await world.auditOf(room.id)).filter(
        ({ action }) => action === "room.ownerLost",
      );
      expect(lost).to.have.length(1);
      expect(world.said).to.include("rooms have no owner").and.include("no source is configured");
      expect((await world.status()).warnings?.map(({ reason }) => reason)).to.deep.equal([
        "NoSourceConfigured",
      ]);
      await room.driftOut("E-01");
      expect((await room.pass()).body).to.include({ reason: "SourceNotConfigured" });
      expect(await room.newWrites()).to.deep.equal([]);
      await restartAlone();
      expect((await room.status()).conditions[0]).to.include({ reason: "SourceNotConfigured" });
    });
  }

  it("get their rooms back when they are configured again, also while git is away", async () => {
    await world.start();
    await world.verified(room.id);
    await restartAlone();
    await world.reason(room.id, "SourceNotConfigured");
    world.followsGit = true;
    world.git.fault = () => ({ kind: "hang" });
    await world.stop();
    await world.start();
    await room.driftOut("E-01");
    await isBack();
    expect(await room.status()).to.include({ source: "specs", path: room.path });
  });

  it("are replaced by no one where two sources name the room", async () => {
    const other = GitRepository.create({ root: world.repository.root, name: "other.git" });
    other.commit({ "a.room.yaml": specYaml({ roomId: room.id, entities: ["E-other"] }) });
    await world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("other.git"),
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await eventually("one file is refused", async () =>
      (await world.status()).sources.some(({ specErrors }) => specErrors.length > 0),
    );
    const owner = (await room.status()).source;
    const position = owner === "specs" ? 0 : 1;
    const third = GitRepository.create({ root: world.repository.root, name: "third.git" });
    third.commit({ "b.room.yaml": specYaml({ roomId: room.id, entities: ["E-third"] }) });
    await restart({
      [`Git__Sources__${position}__Name`]: "third",
      [`Git__Sources__${position}__Url`]: world.git.url("third.git"),
    });
    await eventually("explain names both files or one owns it", async () => {
      const { blockedBy } = await explained();
      return blockedBy.some(({ reason }) => reason === "ClaimedTwice");
    });
  });

  describe("leave a way out", () => {
    beforeEach(async () => {
      await world.start();
      await world.verified(room.id);
      await restartAlone();
      await world.reason(room.id, "SourceNotConfigured");
      await room.newWrites();
    });

    it("for a posted spec with X-Override, then for a commit that changes the file", async () => {
      const text = specYaml({ roomId: room.id, version: 5, entities: ["E-02", "E-09"] });
      const answer = await world.applyYaml(text, { "X-Override": "true", "X-Confirm": "true" });
      expect([answer.status, answer.body["outcome"]]).to.deep.equal([200, "converged"]);
      expect(await room.status()).to.include({ source: "api" });
      expect((await health()).status).to.equal("healthy");
      world.followsGit = true;
      await restart({ [NAME]: "rooms3" });
      room.commit({ version: 6, entities: ["E-02", "E-09", "E-10"] });
      await world.verified(room.id);
      expect(await room.status()).to.include({ source: "rooms3", headProblem: null });
    });

    it("by DELETE, as explain advises", async () => {
      const { blockedBy } = await explained();
      expect(blockedBy[0]?.unblock).to.include(`DELETE /rooms/${room.id}`);
      expect(await countedRooms()).to.equal(1);
      expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
      expect(await countedRooms(), "no gauge counts it any more").to.equal(0);
      expect((await world.get(`/status/rooms/${room.id}`)).status).to.equal(404);
      expect((await health()).status).to.equal("healthy");
      expect(await room.newWrites()).to.deep.equal([]);
      const { body } = await world.get<{ entries: unknown[] }>(`/rooms/${room.id}/history`);
      expect(body.entries).to.not.deep.equal([]);
      expect((await world.auditOf(room.id)).at(-1)).to.deep.include({ action: "room.forgotten" });
    });

    it("by putting the source back, as explain advises", async () => {
      expect((await explained()).blockedBy[0]?.unblock).to.include('"specs" back into Git.Sources');
      world.followsGit = true;
      await restart({});
      await world.reason(room.id, "Converged");
    });

    it("by pushing the spec to a configured source, as explain advises", async () => {
      const other = GitRepository.create({ root: world.repository.root, name: "other.git" });
      other.commit({ "README.md": "empty" });
      await restart({
        [NAME]: "other",
        Git__Sources__0__Url: world.git.url("other.git"),
        Git__Sources__0__IntervalSeconds: "0.2",
      });
      await world.reason(room.id, "SourceNotConfigured");
      expect((await explained()).blockedBy[0]?.unblock).to.include("push a spec");
      other.commit({
        "x.room.yaml": specYaml({ roomId: room.id, version: 2, entities: ["E-02"] }),
      });
      await world.reason(room.id, "Converged");
      expect(await room.status()).to.include({ source: "other", path: "x.room.yaml" });
      expect(await room.entities()).to.deep.equal(["E-02"]);
    });
  });
});
