import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { canarySettings, checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { LyingServer } from "./lying-server.ts";
import { RoomStory } from "../../support/room-story.ts";

const OURS = ["E-1", "E-2", "E-3", "E-4", "E-5"];
const REMOVALS = /^(kick|delete) /;

/** Long enough that no pass of a test comes that late by itself, short enough to be waited for. */
const TOLERANCE = "1200ms";

describe("reads of a room that cannot be believed", () => {
  let world: AgentWorld;
  let room: RoomStory;

  const removals = async (id = room.id) =>
    (await world.writes(id)).filter((write) => REMOVALS.test(write));
  const doubts = async () =>
    (await world.auditOf(room.id))
      .filter(({ action }) => action === "room.suspected" || action === "room.trusted")
      .map(({ action, metadata: { because, read } }) =>
        [action, because, read].filter((part) => typeof part === "string").join(" "),
      );
  const converged = () =>
    eventually(`${room.id} is ready and believed`, async () => {
      const conditions = await room.conditions();
      return conditions.join() === "Ready True Converged" ? conditions : undefined;
    });
  const believed = async () => {
    await eventually(`a second read of ${room.id} has decided`, async () =>
      (await doubts()).at(-1)?.startsWith("room.trusted") ? true : undefined,
    );
    await converged();
  };
  const faultsAreOver = () =>
    eventually("the faults are used up", async () => {
      const answer = await fetch(`${world.roomServerUrl}/_dev/faults`);
      const { faults } = (await answer.json()) as { faults: unknown[] };
      return faults.length === 0 ? true : undefined;
    });

  before(async () => {
    world = await AgentWorld.create({
      ...canarySettings(),
      Operator__Reconciliation__StateConsistency__StaleTolerance: TOLERANCE,
    });
    world.commit({ "seeds/notes.md": "notes", "seeds/plan.md": "plan" });
    await world.start();
  });
  afterEach(async () => {
    await setFaults(world.roomServerUrl);
    await checkWorld(world);
  });
  after(() => world.remove());

  async function aRoom(id: string): Promise<RoomStory> {
    const story = new RoomStory(world, id);
    const oid = story.commit({ entities: OURS, artifacts: ["notes", "plan"] });
    await world.observed(oid, 30_000);
    await world.verified(id, oid);
    return story;
  }

  it("R16: an empty list twice removes nothing, doubles nothing, and ends by itself", async () => {
    room = await aRoom("room-empty");
    await setFaults(world.roomServerUrl, {
      kind: "emptyState",
      operation: "state",
      room: room.id,
      count: 2,
    });
    await faultsAreOver();
    await believed();
    expect(await removals()).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal(OURS);
    expect(await room.artifacts()).to.deep.equal(["notes", "plan"]);
    expect(await doubts()).to.deep.equal(["room.suspected empty", "room.trusted asKnown empty"]);
  });

  it("R15: a state from before loses nothing that came later", async () => {
    room = await aRoom("room-stale");
    await setFaults(world.roomServerUrl, { kind: "staleState", room: room.id, count: 3 });
    const more = ["E-6", "E-7", "E-8", "E-9", "F-1", "F-2", "F-3", "F-4"];
    const spec = { version: 2, entities: [...OURS, ...more], artifacts: ["notes", "plan"] };
    const oid = room.commit(spec);
    await faultsAreOver();
    await world.verified(room.id, oid);
    await converged();
    expect(await removals()).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal([...OURS, ...more]);
  });

  it("R17: what another room holds is not removed from this one", async () => {
    room = await aRoom("room-mixed");
    const other = new RoomStory(world, "room-other");
    await world.verified(other.id, other.commit({ entities: ["X-1", "X-2"] }));
    await setFaults(world.roomServerUrl, {
      kind: "contentsOf",
      room: room.id,
      other: other.id,
      count: 1,
    });
    const held = await world.reason(room.id, "SuspiciousRead");
    expect(held.refusals.flatMap(({ items }) => items)).to.deep.equal(["entity/X-1", "entity/X-2"]);
    await believed();
    expect([...(await removals()), ...(await removals(other.id))]).to.deep.equal([]);
    expect(await other.entities()).to.deep.equal(["X-1", "X-2"]);
    expect(await doubts()).to.deep.equal([
      "room.suspected foreign",
      "room.trusted asKnown foreign",
    ]);
  });

  it("R20: a RoomServer that lost everything is filled again without a removal", async () => {
    room = await aRoom("room-lost");
    const before = (await world.writes()).length;
    await fetch(`${world.roomServerUrl}/_dev/rooms`, { method: "DELETE" });
    await eventually("the room is filled again", async () =>
      (await room.entities()).length === OURS.length ? true : undefined,
    );
    await believed();
    const writes = (await world.writes()).slice(before);
    expect(writes.filter((write) => REMOVALS.test(write))).to.deep.equal([]);
    const joins = (await world.writes(room.id)).filter((write) => write.startsWith("join"));
    expect(joins.slice(OURS.length)).to.deep.equal(OURS.map((id) => `join ${id}`));
    expect(await room.artifacts()).to.deep.equal(["notes", "plan"]);
    expect(await doubts()).to.deep.equal(["room.suspected empty", "room.trusted asKnown empty"]);
  });
});

describe("a room that waits long for its second read", () => {
  let world: AgentWorld;
  let room: RoomStory;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__StateConsistency__StaleTolerance: "1h",
    });
    room = new RoomStory(world, "room-doubt");
    const oid = room.commit({ entities: OURS });
    await world.start();
    await world.observed(oid, 30_000);
    await world.verified(room.id);
    await room.drift(() => ({ entities: [{ id: "E-x", kind: "agent" }] }));
    expect((await room.pass()).body).to.deep.include({ reason: "SuspiciousRead" });
  });
  after(() => world.remove());

  const removals = async () =>
    (await world.writes(room.id)).filter((write) => REMOVALS.test(write));

  it("says why in explain, and no confirmation lifts it", async () => {
    expect((await room.pass({ "X-Confirm": "true" })).status).to.equal(202);
    expect((await room.say(`Yes\n\nConfirm: ${room.id}`)).status).to.equal(202);
    expect(await removals()).to.deep.equal([]);
    const { body } = await world.get<{ atHead: boolean; blockedBy: { reason: string }[] }>(
      `/rooms/${room.id}/explain`,
    );
    expect(body.atHead).to.equal(false);
    expect(body.blockedBy.map(({ reason }) => reason)).to.include("SuspiciousRead");
  });

  it("is held by the next agent too", async () => {
    await world.stop();
    await world.start();
    expect((await room.pass()).body).to.deep.include({ reason: "SuspiciousRead" });
    expect(await removals()).to.deep.equal([]);
    expect(await world.audit("room.suspected")).to.have.length(1);
    expect(await world.audit("room.trusted")).to.have.length(0);
    const settings = { Operator__Reconciliation__StateConsistency__StaleTolerance: "0ms" };
    await world.stop();
    await world.start(settings);
    await eventually("the second read has decided", async () =>
      (await world.audit("room.trusted")).length === 1 ? true : undefined,
    );
    await world.reason(room.id, "Converged");
    expect(await room.entities()).to.deep.equal(OURS);
  });
});

describe("the second read of a room", () => {
  it("comes over a connection of its own", async () => {
    const world = await AgentWorld.create({
      Operator__Reconciliation__StateConsistency__StaleTolerance: "300ms",
    });
    const server = await LyingServer.start(world.roomServerUrl);
    try {
      const room = new RoomStory(world, "room-doubt");
      const oid = room.commit({ entities: OURS });
      await world.start({ RoomServer__BaseUrl: server.url });
      await world.observed(oid, 30_000);
      await world.verified(room.id);
      let lies = 1;
      server.lie = (state) => {
        lies -= 1;
        return lies < 0 ? state : { ...state, entities: [], artifacts: [] };
      };
      const from = server.connections.length;
      await eventually("the room was not believed and is again", async () => {
        const audit = await world.auditOf(room.id);
        return audit.some(({ action }) => action === "room.trusted") ? true : undefined;
      });
      const [lie, ...after] = server.connections.slice(from);
      const before = new Set([...server.connections.slice(0, from), lie]);
      expect(after[0]).to.be.a("number");
      expect(before.has(after[0]), "the read after the lie came over a known connection").to.equal(
        false,
      );
    } finally {
      await world.remove();
      await server.stop();
    }
  });
});
