import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { LyingServer } from "./lying-server.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const RECONCILIATION = "Operator__Reconciliation__";
const SLOW = { [`${RECONCILIATION}IntervalSeconds`]: "60" };

describe("a setting of Operator.Reconciliation", () => {
  let world: AgentWorld;
  let server: LyingServer;

  beforeEach(async () => {
    world = await AgentWorld.create({ Git__Sources__0__IntervalSeconds: "0.1" });
    server = await LyingServer.start(world.roomServerUrl);
    world.random = () => 0.02;
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
    await server.stop();
  });

  /** A verified room in a world with these settings. */
  async function aRoom(settings: Readonly<Record<string, string>>): Promise<RoomStory> {
    const room = new RoomStory(world, "room-tuned");
    room.commit({ entities: entityIds(3) });
    await world.start({ RoomServer__BaseUrl: server.url, ...settings });
    await world.verified(room.id);
    await room.newWrites();
    return room;
  }

  const readsMore = (by: number) => {
    const from = server.reads.length;
    return eventually(`${by} more reads`, () => server.reads.length >= from + by);
  };

  /** Long enough for several intervals of 0.1 s; measured in polls, which go on meanwhile. */
  async function severalPolls(): Promise<void> {
    const from = world.git.requests.length;
    await eventually("polls", () => world.git.requests.length >= from + 4);
  }

  it("IntervalSeconds is how often a room is looked at without any trigger", async () => {
    const room = await aRoom({ [`${RECONCILIATION}IntervalSeconds`]: "0.1" });
    await room.driftOut("E-02");
    await eventually("corrected", async () => (await room.entities()).length === 3);
    await readsMore(3);
  });

  it("IntervalSeconds is the least time between two looks", async () => {
    const room = await aRoom(SLOW);
    await room.driftOut("E-02");
    const reads = server.reads.length;
    await severalPolls();
    expect(server.reads).to.have.length(reads);
    expect(await room.entities()).to.have.length(2);
  });

  for (const { rooms, most } of [
    { rooms: "1", most: 1 },
    { rooms: "3", most: 3 },
  ]) {
    it(`ParallelRooms ${rooms} works on at most ${rooms} at the same time`, async () => {
      const files = Object.fromEntries(
        Array.from({ length: 6 }, (_unused, at) => [
          `rooms/${at}.room.yaml`,
          specYaml({ roomId: `room-side-${at}`, entities: entityIds(2) }),
        ]),
      );
      await setFaults(world.roomServerUrl, { kind: "latency", ms: 15 });
      world.commit(files);
      await world.start({
        RoomServer__BaseUrl: server.url,
        [`${RECONCILIATION}ParallelRooms`]: rooms,
        ...SLOW,
      });
      await eventually("all verified", async () => {
        const { sources } = await world.status();
        return sources[0]?.syncedRevision === `main@sha1:${world.repository.head()}`;
      });
      expect(server.mostRooms).to.equal(most);
    });
  }

  it("RateLimitPerSecond spaces the requests", async () => {
    const startedMs = performance.now();
    await aRoom({ [`${RECONCILIATION}RateLimitPerSecond`]: "20", ...SLOW });
    // One read, three joins, one read: four gaps of 50 ms.
    expect(performance.now() - startedMs).to.be.above(4 * 50 - 10);
  });

  describe("StateConsistency.Mode passive", () => {
    const PASSIVE = {
      [`${RECONCILIATION}StateConsistency__Mode`]: "passive",
      [`${RECONCILIATION}IntervalSeconds`]: "0.1",
    };

    it("looks at a room for new revisions and requests only", async () => {
      const room = await aRoom(PASSIVE);
      await room.driftOut("E-02");
      const reads = server.reads.length;
      await severalPolls();
      expect(server.reads).to.have.length(reads);
      await room.pass();
      expect(await room.entities()).to.have.length(3);
      await room.driftOut("E-01");
      const head = room.commit({ version: 2, entities: entityIds(4) });
      await world.verified(room.id, head);
      expect(await room.entities()).to.deep.equal(entityIds(4));
    });

    it("does not look at settled rooms at a restart either", async () => {
      const room = await aRoom(PASSIVE);
      await world.stop();
      await room.driftOut("E-02");
      const reads = server.reads.length;
      await world.start();
      await severalPolls();
      expect(server.reads).to.have.length(reads);
      expect(await room.entities()).to.have.length(2);
    });

    it("goes on at a restart with what was not done yet", async () => {
      const room = await aRoom(PASSIVE);
      await setFaults(world.roomServerUrl, { kind: "status", operation: "join", status: 503 });
      room.commit({ version: 2, entities: entityIds(4) });
      await world.reason(room.id, "RoomServerUnavailable");
      await world.stop();
      await setFaults(world.roomServerUrl);
      await world.start();
      await world.verified(room.id);
      expect(await room.entities()).to.deep.equal(entityIds(4));
    });
  });

  describe("StateConsistency.StaleTolerance", () => {
    const TOLERANCE = `${RECONCILIATION}StateConsistency__StaleTolerance`;
    const OFTEN = { [`${RECONCILIATION}IntervalSeconds`]: "0.1" };

    it("lets interval passes plan from a read that is not older", async () => {
      const room = await aRoom({ [TOLERANCE]: "1h", ...OFTEN });
      await room.pass();
      const reads = server.reads.length;
      await room.driftOut("E-02");
      await severalPolls();
      expect(server.reads).to.have.length(reads);
      await room.pass();
      expect(await room.entities(), "a request always reads anew").to.have.length(3);
    });

    it("of 0 makes each pass read anew", async () => {
      const room = await aRoom({ [TOLERANCE]: "0ms", ...OFTEN });
      await readsMore(3);
      await room.driftOut("E-02");
      await eventually("corrected", async () => (await room.entities()).length === 3);
    });
  });

  for (const { before, reads } of [
    { before: "true", reads: "reads a room again before anything in it is judged" },
    { before: "false", reads: "lets interval passes judge and act on what they read before" },
  ]) {
    it(`StateConsistency.ReadBeforeApply ${before} ${reads}`, async () => {
      const room = await aRoom({
        [`${RECONCILIATION}IntervalSeconds`]: "0.1",
        [`${RECONCILIATION}StateConsistency__StaleTolerance`]: "1h",
        [`${RECONCILIATION}StateConsistency__ReadBeforeApply`]: before,
      });
      await room.driftIn("E-07", "E-08", "E-09", "E-10");
      expect((await room.pass()).status).to.equal(412);
      const from = server.reads.length;
      if (before === "true") await readsMore(3);
      else {
        await severalPolls();
        expect(server.reads).to.have.length(from);
      }
    });
  }

  describe("ConvergenceTracking", () => {
    const MAX = `${RECONCILIATION}ConvergenceTracking__MaxCyclesUntilConverged`;

    async function aFailingRoom(settings: Readonly<Record<string, string>>): Promise<RoomStory> {
      const room = await aRoom({ ...SLOW, ...settings });
      // What it accepts and does not do; what it refuses needs a person at once.
      await setFaults(world.roomServerUrl, { kind: "lie", operation: "join" });
      room.commit({ version: 2, entities: entityIds(5) });
      return room;
    }

    it("reports a room as stalled after MaxCyclesUntilConverged passes, and goes on", async () => {
      const room = await aFailingRoom({ [MAX]: "3" });
      const stalled = await eventually("stalled", async () => {
        const status = await room.status();
        return status.conditions.some(({ type }) => type === "Stalled") ? status : undefined;
      });
      expect(stalled.cyclesSinceConverged).to.be.at.least(3);
      expect(stalled.lastOutcome).to.match(/^stalled/);
      expect((await world.status()).health).to.equal("Degraded");
      await setFaults(world.roomServerUrl);
      await world.verified(room.id);
      expect(await room.status()).to.include({ cyclesSinceConverged: 0 });
      expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
    });

    it("reports nothing when it is off", async () => {
      const room = await aFailingRoom({
        [MAX]: "1",
        [`${RECONCILIATION}ConvergenceTracking__Enabled`]: "false",
      });
      await eventually("five tries", async () => (await room.status()).cyclesSinceConverged >= 5);
      expect((await room.conditions()).filter((text) => text.startsWith("Stalled"))).to.deep.equal(
        [],
      );
    });

    it("counts no pass that is refused, and none that never reached the server", async () => {
      const room = await aRoom({ ...SLOW, [MAX]: "2" });
      await room.push({ version: 2, entities: [] });
      await room.pass();
      await room.pass();
      expect(await room.status()).to.include({ cyclesSinceConverged: 0 });
      await setFaults(world.roomServerUrl, { kind: "status", operation: "state", status: 503 });
      await room.pass();
      await room.pass();
      expect(await room.status()).to.include({ cyclesSinceConverged: 0 });
      expect((await room.conditions()).filter((text) => text.startsWith("Stalled"))).to.deep.equal(
        [],
      );
    });
  });
});
