import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import type { RoomAnswer } from "../../../agent/api/status-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, healthOf, sum } from "../../support/attention-checks.ts";
import { type FaultGiven, setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";

const MINUTE_MS = 61_000;

describe("a room whose passes fail while others are well", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let well: RoomStory;

  before(async () => {
    world = await AgentWorld.create({
      RoomServer__TimeoutSeconds: "0.3",
      Operator__Retry__MaxAttempts: "2",
    });
    world.random = () => 0.01;
    well = new RoomStory(world, "room-well");
    well.commit({ entities: ["E-01"] });
    await world.start();
    await world.verified(well.id);
  });

  after(() => world.remove());

  afterEach(() => setFaults(world.roomServerUrl));

  const rows: readonly { name: string; fault: FaultGiven; reason: string; says: RegExp }[] = [
    {
      name: "reads answered 500",
      fault: { kind: "status", status: 500, operation: "state" },
      reason: "RoomServerUnavailable",
      says: /answered 500/,
    },
    {
      name: "reads never answered",
      fault: { kind: "hang", at: "headers", operation: "state" },
      reason: "RoomServerUnavailable",
      says: /no complete answer/,
    },
    {
      name: "another room's answer",
      fault: { kind: "otherRoom", roomId: "room-other" },
      reason: "SuspiciousRead",
      says: /room-other/,
    },
    {
      name: "writes answered 503",
      fault: { kind: "status", status: 503, operation: "join" },
      reason: "RoomServerUnavailable",
      says: /answered 503/,
    },
    {
      name: "writes answered 429",
      fault: { kind: "status", status: 429, operation: "join" },
      reason: "RoomServerUnavailable",
      says: /answered 429/,
    },
  ];

  const inHealth = async (room: RoomAnswer, reason: string) => {
    const { status, problems } = await healthOf(world);
    const said = problems.find(({ check }) => check === "rooms")?.message ?? "none";
    return status === "degraded" && said.includes(`${room.roomId} (${reason})`);
  };

  for (const { name, fault, reason, says } of rows) {
    it(`is in health after a minute, in each look, and until a pass succeeds: ${name}`, async () => {
      const room = new RoomStory(world, `room-${name.replaceAll(/[^a-z0-9]+/g, "-")}`);
      await room.push({ entities: ["E-01"] });
      await setFaults(world.roomServerUrl, { ...fault, room: room.id });
      room.commit({ version: 2, entities: ["E-01", "E-02"] });
      const before = await world.reason(room.id, reason);
      expect(before.needsPerson, "not at once").to.equal(null);
      expect(await inHealth(before, reason), "not at once").to.equal(false);

      world.passedMs += MINUTE_MS;
      const after = await eventually("the room needs a person", async () => {
        const now = await room.status();
        return now.needsPerson === null ? undefined : now;
      });
      const ready = after.conditions.find(({ type }) => type === "Ready");
      expect(ready).to.include({ status: "False", reason });
      expect(ready?.message).to.match(says);
      expect(after.needsPerson).to.deep.equal({ reason, message: ready?.message });
      expect(await room.conditions()).to.include(`Stalled True ${reason}`);
      // The minute has passed for the other room as well: until a call about it is answered, no room is served.
      await well.pass();
      const seen = (await well.status()).lastReconcile;
      for (let look = 0; look < 20; look += 1) {
        expect(await inHealth(after, reason), `look ${look}`).to.equal(true);
        if (look % 5 === 0) await well.pass();
      }
      expect((await well.status()).lastReconcile, "the other room is well").to.equal(seen);
      const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      expect(body.needsPerson).to.deep.equal(after.needsPerson);
      expect(body.blockedBy[0]).to.include({ reason, message: ready?.message });
      const shown = await gauges(world);
      expect(sum(shown, "rooms", { reason })).to.equal(1);
      expect(sum(shown, "rooms_needing_person")).to.equal(1);

      await setFaults(world.roomServerUrl);
      await world.verified(room.id);
      await eventually("health is well again", async () => {
        expect(await healthOf(world)).to.include({ status: "healthy" });
        return true;
      });
    });
  }

  it("is in health after a restart and after a newer commit, without another minute", async () => {
    const room = new RoomStory(world, "room-restarted");
    await room.push({ entities: ["E-01"] });
    await setFaults(world.roomServerUrl, {
      kind: "status",
      status: 500,
      operation: "state",
      room: room.id,
    });
    room.commit({ version: 2, entities: ["E-01", "E-02"] });
    await world.reason(room.id, "RoomServerUnavailable");
    world.passedMs += MINUTE_MS;
    const needs = () =>
      eventually("the room is in health", async () =>
        inHealth(await room.status(), "RoomServerUnavailable"),
      );
    await needs();
    await world.stop();
    await world.start();
    await needs();
    await world.observed(room.commit({ version: 3, entities: ["E-01", "E-03"] }));
    await needs();
    await setFaults(world.roomServerUrl);
    await world.verified(room.id);
    expect((await room.status()).needsPerson).to.equal(null);
  });

  it("is one problem of the RoomServer where that serves no room", async () => {
    const rooms = ["room-a", "room-b", "room-c"].map((id) => new RoomStory(world, id));
    for (const room of rooms) await room.push({ entities: ["E-01"] });
    await setFaults(world.roomServerUrl, { kind: "status", status: 503 });
    for (const { id } of rooms) await world.reason(id, "RoomServerUnavailable");
    world.passedMs += MINUTE_MS;
    for (const room of rooms)
      await eventually("each room needs a person", async () => {
        expect((await room.status()).needsPerson).to.include({ reason: "RoomServerUnavailable" });
        return true;
      });
    const { problems } = await healthOf(world);
    expect(problems.map(({ check }) => check)).to.deep.equal(["roomServer"]);
    expect(problems[0]?.message).to.match(/^RoomServerUnavailable: .*answered 503/);
  });
});
