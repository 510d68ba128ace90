import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, healthOf, logOf, sum } from "../../support/attention-checks.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory, type ServerRoom } from "../../support/room-story.ts";

const named = (displayName: string) => ({ id: "E-01", kind: "agent", displayName });

describe("an update whose join the RoomServer refuses after the kick", () => {
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "60" });
    world.random = () => 0.02;
    world.commit({});
    await world.start();
  });

  after(() => world.remove());

  afterEach(() => setFaults(world.roomServerUrl));

  for (const { name, more, reason, audit } of [
    { name: "alone", more: [], reason: "Quarantined", audit: "room.rolledBack" },
    // One of three is not most of them, so that the pass is not rolled back.
    { name: "with-others", more: ["E-02", "E-03"], reason: "Refused", audit: "room.failed" },
  ]) {
    it(`is reported everywhere in the same words before the tenth pass (${name})`, async () => {
      const room = new RoomStory(world, `room-replace-${name}`);
      await room.push({ entities: [named("Old"), "E-00"] });
      await setFaults(world.roomServerUrl, {
        kind: "status",
        operation: "join",
        room: room.id,
        target: "E-01",
        status: 403,
        body: JSON.stringify({ error: "NOT_ALLOWED" }),
      });
      room.commit({ version: 2, entities: [named("New"), "E-00", ...more] });
      const { needsPerson, cyclesSinceConverged, conditions } = await eventually(
        "the room needs a person",
        async () => {
          const status = await room.status();
          return status.needsPerson?.reason === reason ? status : undefined;
        },
      );
      expect(cyclesSinceConverged).to.be.below(10);
      expect(await room.entities()).to.deep.equal(["E-00", ...more]);
      expect(needsPerson?.message).to.match(/NOT_ALLOWED/);
      expect(conditions.find(({ type }) => type === "Ready")).to.deep.include(needsPerson);
      const status = await eventually("/health names the room", async () => {
        const health = await healthOf(world);
        const said = health.problems.find(({ check }) => check === "rooms")?.message;
        return said?.includes(`${room.id} (${reason})`) === true ? health.status : undefined;
      });
      expect(status).to.equal("degraded");
      const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      expect(body.needsPerson).to.deep.equal(needsPerson);
      expect(body.blockedBy[0]).to.deep.include({ ...needsPerson });
      expect(body.blockedBy[0]?.unblock).to.not.equal("");
      const line = logOf(world).find((one) => one.room === room.id && one.reason === reason);
      expect(line).to.include({ level: "warn", message: "pass ended" });
      expect(line?.detail).to.include("NOT_ALLOWED");
      expect(sum(await gauges(world), "rooms", { ready: "False", reason })).to.equal(1);
      const records = (await room.audit(audit)).map(({ metadata }) => JSON.stringify(metadata));
      expect(records.join("\n")).to.include("out of the room until a join succeeds");
      // Each pass tries the join again, and says the same as long as it is true.
      await room.pass();
      const out = async () =>
        (await room.status()).needsPerson?.message.includes(
          "out of the room until a join succeeds",
        );
      expect(await out()).to.equal(true);
      await setFaults(world.roomServerUrl);
      await room.pass();
      expect(await out()).to.not.equal(true);
      expect((await room.status()).needsPerson).to.equal(null);
      expect(await room.entities()).to.deep.equal(["E-00", "E-01", ...more]);
    });
  }

  /** The next `count` joins of E-01 are refused. */
  const refuseJoins = (room: RoomStory, count?: number) =>
    setFaults(world.roomServerUrl, {
      kind: "status",
      operation: "join",
      room: room.id,
      target: "E-01",
      status: 400,
      body: JSON.stringify({ error: "NOT_THIS" }),
      ...(count === undefined ? {} : { count }),
    });
  const nameIn = async (room: RoomStory) => {
    const answer = await fetch(`${world.roomServerUrl}/room/${room.id}/state`);
    const { entities } = (await answer.json()) as ServerRoom;
    return entities.find((one) => one["id"] === "E-01")?.["displayName"] ?? "absent";
  };
  /** Waits for so many passes that the room's backoff brings. */
  const morePasses = async (room: RoomStory, count: number) => {
    const { cyclesSinceConverged: before } = await room.status();
    await eventually("more passes", async () => {
      const { cyclesSinceConverged } = await room.status();
      return cyclesSinceConverged >= before + count ? true : undefined;
    });
  };

  it("waits before it is tried again where the old attributes were joined back", async () => {
    const room = new RoomStory(world, "room-replace-once");
    await room.push({ entities: [named("Old"), "E-00"] });
    await refuseJoins(room, 1);
    room.commit({ version: 2, entities: [named("New"), "E-00"] });
    const attention = await eventually("the update was refused", async () => {
      const { needsPerson } = await room.status();
      return needsPerson?.message.includes("NOT_THIS") === true ? needsPerson : undefined;
    });
    expect(attention.message).to.include("its old attributes were joined back");
    expect(attention.message).to.include("or send POST /apply");
    const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    const inMs = Date.parse(body.triedAgainAt ?? "") - Date.now();
    expect(inMs).to.be.within(3_500_000, 3_600_000);
    await room.newWrites();
    const intended = (await room.audit("entity.updated.intended")).length;
    await morePasses(room, 3);
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.audit("entity.updated.intended")).to.have.length(intended);
    expect(await nameIn(room)).to.equal("Old");
    const { needsPerson } = await room.status();
    expect(needsPerson?.message).to.include("NOT_THIS").and.to.include("or send POST /apply");
    await room.pass();
    expect(await nameIn(room)).to.equal("New");
    expect((await room.status()).needsPerson).to.equal(null);
  });

  it("leaves the entity with the attributes last verified, and is quiet then", async () => {
    const room = new RoomStory(world, "room-replace-older");
    await room.push({ entities: [named("One"), "E-00"] });
    await refuseJoins(room, 1);
    room.commit({ version: 2, entities: [named("Two"), "E-00"] });
    await eventually("the update was refused", async () =>
      (await room.status()).needsPerson?.message.includes("NOT_THIS") === true ? true : undefined,
    );
    await refuseJoins(room);
    room.commit({ version: 3, entities: [named("Three"), "E-00"] });
    await eventually("it is out of the room", async () =>
      (await room.status()).needsPerson?.message.startsWith("entity/E-01 is out") === true
        ? true
        : undefined,
    );
    expect(await nameIn(room)).to.equal("absent");
    await refuseJoins(room, 1);
    await eventually("it is back", async () => ((await nameIn(room)) === "One" ? true : undefined));
    await room.newWrites();
    await morePasses(room, 2);
    expect(await room.newWrites()).to.deep.equal([]);
    const { needsPerson, quarantine } = await room.status();
    expect(needsPerson?.reason).to.equal("Quarantined");
    expect(needsPerson?.message).to.not.include("out of the room");
    expect(JSON.stringify(quarantine)).to.not.include("OutOfRoom");
    const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    expect(JSON.stringify(body)).to.not.include("out of the room");
    const records = await room.audit("entity.joined");
    expect(JSON.stringify(records)).to.include(
      "it is in the room with its attributes of main@sha1:",
    );
  });
});
