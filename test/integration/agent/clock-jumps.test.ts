import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const JUMPS = [
  { name: "a day ahead", ms: DAY_MS },
  { name: "a day back", ms: -DAY_MS },
  { name: "ten years ahead", ms: 3652 * DAY_MS },
] as const;

describe("a clock that jumps", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create();
    world.random = () => 0.05;
    world.commit({ "README.md": "rooms" });
    await world.start();
  });

  after(() => world.remove());

  afterEach(async () => {
    world.clockAheadMs = 0;
    await setFaults(world.roomServerUrl);
  });

  async function aRoom(): Promise<RoomStory> {
    made += 1;
    const room = new RoomStory(world, `room-jump-${made}`);
    const answer = await room.push({ entities: entityIds(4) });
    expect(answer.body["outcome"], JSON.stringify(answer.body)).to.equal("converged");
    return room;
  }

  /** A room whose confirmed removals cannot be carried out yet. */
  async function waiting(): Promise<RoomStory> {
    const room = await aRoom();
    const { id } = room;
    await setFaults(world.roomServerUrl, {
      kind: "status",
      operation: "kick",
      status: 503,
      room: id,
    });
    room.commit({ version: 2, entities: ["E-01"] }, "Shrink\n\nConfirm: true");
    await world.reason(id, "RoomServerUnavailable");
    return room;
  }

  for (const { name, ms } of JUMPS) {
    it(`${name} takes no confirmation away, and no wait is longer or shorter for it`, async () => {
      const room = await waiting();
      world.clockAheadMs = ms;
      await setFaults(world.roomServerUrl);
      // Nobody asks: the room's own backoff and the polls go on.
      await world.verified(room.id);
      expect(await room.entities()).to.deep.equal(["E-01"]);
      const kicked = (await world.log()).filter((e) => e.room === room.id && e.op === "kick");
      expect(kicked.filter(({ effect }) => effect).map(({ target }) => target)).to.have.members([
        "E-02",
        "E-03",
        "E-04",
      ]);
      room.commit({ version: 3, entities: entityIds(2) });
      await world.verified(room.id);
    });

    it(`${name} in the middle of a pass does no harm to it`, async () => {
      const room = await aRoom();
      const { id } = room;
      await setFaults(world.roomServerUrl, {
        kind: "latency",
        operation: "join",
        ms: 100,
        room: id,
      });
      room.commit({ version: 2, entities: entityIds(8) });
      await eventually("it is at it", async () => (await room.entities()).length > 4);
      world.clockAheadMs = ms;
      await world.verified(id);
      expect(await room.entities()).to.deep.equal(entityIds(8));
      const written = (await world.log()).filter((e) => e.room === id && e.effect);
      expect(written, "each once").to.have.length(8);
    });
  }

  it("takes no confirmation away either when the agent restarts with a clock that is wrong", async () => {
    const room = await waiting();
    world.clockAheadMs = DAY_MS + HOUR_MS;
    await world.stop();
    await world.start();
    await setFaults(world.roomServerUrl);
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(["E-01"]);
  });

  it("brings no confirmation back that has expired, over a restart too", async () => {
    const room = await waiting();
    world.passedMs += 25 * HOUR_MS;
    await setFaults(world.roomServerUrl);
    expect((await room.pass()).status).to.equal(412);
    world.clockAheadMs = -2 * DAY_MS;
    expect((await room.pass()).status).to.equal(412);
    await world.stop();
    await world.start();
    expect((await room.pass()).status).to.equal(412);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("ten years ahead while the agent is down, and back, lets nothing be removed that had expired", async () => {
    const room = await waiting();
    await world.stop();
    world.clockAheadMs = 3652 * DAY_MS;
    await world.start();
    await setFaults(world.roomServerUrl);
    expect((await room.pass()).status, "nobody can tell it from ten years").to.equal(412);
    await world.stop();
    world.clockAheadMs = 0;
    await world.start();
    expect((await room.pass()).status).to.equal(412);
    const yes = await room.pass({ "X-Confirm": "true" });
    expect(yes.body["outcome"], "and a new yes is a yes").to.equal("converged");
  });

  it("leaves the audit in the order in which things happened", async () => {
    const room = await aRoom();
    world.clockAheadMs = -DAY_MS;
    await room.push({ version: 2, entities: entityIds(5) });
    const audit = await world.auditOf(room.id);
    const times = audit.map(({ timestamp }) => timestamp);
    expect(times, "the times do go back").to.not.deep.equal([...times].sort());
    const converged = audit.filter(({ action }) => action === "room.converged");
    const versions = converged.map(({ specVersion }) => Number(specVersion));
    expect(new Set(versions)).to.deep.equal(new Set([1, 2]));
    expect(versions, "in the order of passes").to.deep.equal(versions.toSorted((a, b) => a - b));
    expect(audit.at(-1)?.action).to.equal("room.converged");
  });
});
