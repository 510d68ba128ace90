import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

const OFF = { "room-operator/drift": "off" };

describe("a drift policy", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let room: RoomStory;
  let unseen: RoomStory;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "0.5",
      Git__Sources__0__Drift__Policy: "report",
      Git__Sources__0__Drift__Ignore__0__Items__0: "entity/X-*",
    });
    world.patienceMs = 50_000;
    room = new RoomStory(world, "room-a");
    unseen = new RoomStory(world, "room-b");
    room.commit({ version: 1, entities: entityIds(3) });
    unseen.commit({ version: 1, annotations: OFF, entities: entityIds(3) });
    await world.start();
    await world.verified(room.id);
    await world.verified(unseen.id);
  });

  after(() => world.remove());

  it("report is told everywhere and writes nothing, over intervals and a restart", async () => {
    await unseen.driftOut("E-02");
    await room.driftIn("X-1");
    await room.driftOut("E-02");
    await room.newWrites();
    await world.reason(room.id, "DriftReported");
    await world.stop();
    await world.start();
    await sleep(2500);
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.conditions()).to.deep.equal([
      "Ready False DriftReported",
      "Drifted True DriftReported",
    ]);
    const { pendingDiff, conditions } = await room.status();
    expect([pendingDiff?.toJoin, pendingDiff?.toKick]).to.deep.equal([["E-02"], []]);
    const message = conditions[0]?.message ?? "";
    const [record, ...others] = await room.audit("room.drifted");
    expect(others).to.deep.equal([]);
    expect(record?.metadata).to.include({ corrected: false, cause: "drift" });
    const { body } = await world.get<ExplainAnswer>("/rooms/room-a/explain");
    expect(body.atHead).to.equal(false);
    // A pass of the interval may be running.
    const blockedBy = body.blockedBy.filter(({ reason }) => reason !== "PassRunning");
    expect(blockedBy.map(({ reason }) => reason)).to.deep.equal(["DriftReported", "DriftIgnored"]);
    expect(blockedBy[0]).to.deep.include({ message });
    expect(blockedBy[0]?.unblock).to.include("POST /apply");
    const ignored = body.blockedBy.find(({ reason }) => reason === "DriftIgnored");
    expect(ignored?.message).to.equal(
      "1 item differs and may (Drift.Ignore of its source): entity/X-1",
    );
    const health = await world.get<{ problems: { message: string }[] }>("/health");
    expect(health.body.problems.map((each) => each.message).join()).to.include(
      "room-a (DriftReported)",
    );
    expect(await world.text("/metrics")).to.match(/drift_actions_total\{kind="join"\} \d/);
    expect(world.lines.filter((line) => line.includes('"drift found"'))).to.have.length(1);
  });

  it("off shows nothing of the drift but that it is not looked at", async () => {
    expect(await unseen.conditions()).to.deep.equal(["Ready True Converged"]);
    expect(await unseen.audit("room.drifted")).to.deep.equal([]);
    expect(await unseen.entities()).to.deep.equal(["E-01", "E-03"]);
    const { body } = await world.get<ExplainAnswer>("/rooms/room-b/explain");
    expect(body.atHead).to.equal(true);
    const blockedBy = body.blockedBy.filter(({ reason }) => reason !== "PassRunning");
    expect(blockedBy.map(({ reason }) => reason)).to.deep.equal(["DriftOff"]);
    expect(blockedBy[0]?.message).to.include("drift is not looked at (policy off");
  });

  it("is lifted by a request, and by a commit that changes the spec; what is ignored stays", async () => {
    expect((await room.pass()).status).to.equal(200);
    expect(await room.entities()).to.deep.equal(["E-01", "E-02", "E-03", "X-1"]);
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
    await room.driftOut("E-01");
    await world.reason(room.id, "DriftReported");
    const pushed = room.commit({ version: 2, entities: entityIds(4) });
    await world.verified(room.id, pushed);
    expect(await room.entities()).to.deep.equal(["E-01", "E-02", "E-03", "E-04", "X-1"]);
  });
});

describe("a drift policy in passive mode", function () {
  this.timeout(60_000);
  let world: AgentWorld;

  afterEach(() => world.remove());

  for (const policy of ["correct", "report", "off"]) {
    it(`${policy} leaves drift alone until a person or a commit asks`, async () => {
      world = await AgentWorld.create({
        Operator__Reconciliation__StateConsistency__Mode: "passive",
        Git__Sources__0__Drift__Policy: policy,
      });
      world.patienceMs = 30_000;
      const room = new RoomStory(world, "room-a");
      const other = new RoomStory(world, "room-b");
      room.commit({ version: 1, entities: entityIds(3) });
      await world.start();
      await world.verified(room.id);
      await room.driftOut("E-02");
      await room.newWrites();
      other.commit({ version: 1, entities: entityIds(1) });
      await world.verified(other.id);
      await world.stop();
      await world.start();
      await world.observed();
      const planned = await room.pass({ "X-Dry-Run": "true" });
      expect(planned.body["diff"]).to.have.property("toJoin").that.deep.equals(["E-02"]);
      expect(await room.newWrites()).to.deep.equal([]);
      expect((await room.pass()).body["outcome"]).to.equal("converged");
      await room.driftOut("E-01");
      await world.verified(room.id, room.commit({ version: 2, entities: entityIds(4) }));
      expect(await room.entities()).to.deep.equal(entityIds(4));
    });
  }
});
