import { expect } from "chai";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import { joinEntity } from "../../../devserver/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

/** A server that shows every entity under the same display name. */
function nameless(state: RoomState): RoomState {
  return {
    ...state,
    entities: state.entities.map((entity) => ({ ...entity, displayName: "someone" })),
  };
}

const named = (displayName: string, version = 1) => ({
  version,
  entities: [{ id: "E-1", displayName }],
});

const AGAIN = ["kick E-1", "join E-1"];

/** Marks as `kind item`. */
async function marks(world: PassWorld): Promise<readonly string[]> {
  return (await world.row()).notObservable.map(({ kind, item }) => `${kind} ${item}`);
}

describe("VERIFY", () => {
  it("marks an attribute after three writes that do not show, and writes it no more", async () => {
    const world = new PassWorld();
    world.server.view = nameless;
    await world.push(named("Ada"));
    expect(await world.converge()).to.deep.equal(["partial", "partial", "converged"]);
    expect(await marks(world)).to.deep.equal(["replace entity/E-1"]);
    const { blocked, conditions } = await world.row();
    expect(blocked.map(({ item, reason }) => `${reason} ${item}`)).to.deep.equal([
      "NotObservable entity/E-1",
    ]);
    expect(conditions.map(({ type, reason }) => `${type} ${reason}`)).to.deep.equal([
      "Ready Converged",
      "PartlyManaged ItemsBlocked",
    ]);
    const batches = world.store.written.length;
    await world.pass();
    expect(world.server.writes).to.deep.equal(["join E-1", ...AGAIN, ...AGAIN]);
    expect(world.store.written.slice(batches)).to.deep.equal([]);
  });

  it("writes what was marked again when its desired value changes", async () => {
    const world = new PassWorld();
    world.server.view = nameless;
    await world.push(named("Ada"));
    await world.pass();
    await world.push(named("Bob", 2));
    await world.pass();
    expect(world.server.writes).to.deep.equal(["join E-1", "kick E-1", "join E-1"]);
    expect(await marks(world)).to.deep.equal(["replace entity/E-1"]);
  });

  it("writes what was marked again when the server's answer changes", async () => {
    const world = new PassWorld();
    world.server.view = nameless;
    await world.push(named("Ada"));
    await world.pass();
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: [{ ...anEntity("E-1"), displayName: "Eve" }],
    }));
    world.server.view = (state) => state;
    expect((await world.pass()).report.outcome.kind).to.equal("converged");
    expect(world.room().entities[0]?.displayName).to.equal("Ada");
    expect(await marks(world)).to.deep.equal([]);
  });

  it("forgets a mark for good once the room was seen as wanted", async () => {
    const world = new PassWorld();
    world.server.view = nameless;
    await world.push(named("Ada"));
    await world.pass();
    world.server.view = (state) => state;
    await world.pass();
    expect(await marks(world)).to.deep.equal([]);
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: [{ ...anEntity("E-1"), displayName: "someone" }],
    }));
    await world.pass();
    expect(world.room().entities[0]?.displayName).to.equal("Ada");
  });

  it("keeps a mark while other things of the room change", async () => {
    const world = new PassWorld();
    world.server.view = nameless;
    await world.push(named("Ada"));
    await world.converge();
    await world.push({ ...named("Ada", 2), policies: { maxArtifactsPerEntity: 7 } });
    await world.pass();
    expect(await marks(world)).to.deep.equal(["replace entity/E-1"]);
    expect(world.server.writes.slice(5)).to.deep.equal(["setPolicy maxArtifactsPerEntity"]);
  });

  it("marks nothing that the server did not say it had done", async () => {
    const world = new PassWorld();
    world.server.view = nameless;
    await world.push(named("Ada"));
    world.server.failAfterWorkAt("join", 1, {
      kind: "unavailable",
      message: "timeout",
      maybeDone: true,
    });
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("failed");
    expect(await marks(world)).to.deep.equal([]);
  });

  for (const { operation, given, want } of [
    { operation: "join", given: { entities: ["E-1"] }, want: "join E-1" },
    { operation: "seed", given: { artifacts: ["notes"] }, want: "seed notes" },
  ] as const) {
    it(`tries a ${operation} that does not show again, until the room is stalled`, async () => {
      const world = new PassWorld();
      await world.push(given);
      world.server.lie(operation);
      const { report } = await world.pass();
      expect(report.outcome).to.deep.include({ kind: "partial", reason: "NotConverged" });
      await world.pass();
      expect((await world.pass()).report.outcome.kind).to.equal("stalled");
      expect(world.server.writes).to.deep.equal([want, want, want]);
      expect(await marks(world)).to.deep.equal([]);
      world.server.heal();
      expect(await world.converge()).to.deep.equal(["converged"]);
      expect((await world.row()).cyclesSinceConverged).to.equal(0);
    });
  }

  it("tries a kick that does not show again", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2", "E-3"] });
    await world.push({ version: 2, entities: ["E-1", "E-2"] });
    world.server.lie("kick");
    await world.pass();
    await world.pass();
    expect(world.server.writes).to.deep.equal(["kick E-3", "kick E-3"]);
    expect(await marks(world)).to.deep.equal([]);
  });

  it("stops a batch that removes nothing instead of going on at once", async () => {
    const world = new PassWorld();
    const ids = ["E-1", "E-2", "E-3", "E-4", "E-5", "E-6", "E-7", "E-8"];
    await world.verified({ entities: [...ids, "E-9"] });
    await world.push({ version: 2, entities: ["E-9"] });
    await world.confirm(ids.slice(3).map((id) => `entity/${id}` as const));
    world.server.lie("kick");
    const { report, requeue } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "partial", reason: "NotConverged" });
    expect(requeue.kind).to.equal("backoff");
  });

  it("finds drift of the time it took as work that is left", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] }, {}, { verifiedBefore: true });
    world.server.before = ({ operation }) => {
      if (operation === "join") {
        world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-9"), 1).room);
      }
    };
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({
      kind: "partial",
      reason: "NotConverged",
      message: "after APPLY the room still differs: kick entity/E-9",
    });
    expect((await world.row()).pendingDiff?.toKick).to.deep.equal(["E-9"]);
  });
});
