import { expect } from "chai";
import type { RoomState } from "../../../agent/plan/room-state.ts";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { joinEntity, kickEntity, type Room } from "../../../devserver/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";

const TOLERANCE_MS = 5000;
const OURS = ["E-1", "E-2", "E-3"];
/** The work was done, and nobody said so. */
const LOST: CallFailure = { kind: "unavailable", message: "cut off", maybeDone: true };
const spec = { entities: OURS.map((id) => anEntity(id)) };

const stranger = (id: string) => (room: Room) => joinEntity(room, anEntity(id), 0).room;

async function aWorld(): Promise<PassWorld> {
  const world = new PassWorld({ staleToleranceMs: TOLERANCE_MS });
  await world.verified(spec);
  return world;
}

/** Shows these entities instead of the true ones, for so many reads. */
function show(world: PassWorld, ids: readonly string[], reads = Infinity): void {
  let left = reads;
  world.server.view = (state: RoomState) => {
    left -= 1;
    return left < 0 ? state : { ...state, entities: ids.map((id) => ({ ...anEntity(id) })) };
  };
}

/** A person throws out all of ours and lets somebody else in. */
function upset(world: PassWorld): void {
  world.server.change(A_ROOM, (room) =>
    OURS.reduce((left, id) => kickEntity(left, id, 0).room, stranger("E-x")(room)),
  );
}

const ids = (world: PassWorld) =>
  world
    .room()
    .entities.map(({ id }) => id)
    .sort();
const reads = (world: PassWorld) =>
  world.server.calls
    .filter(({ operation }) => operation === "readState")
    .map(({ call }) => call.newConnection === true);
const doubts = async (world: PassWorld) =>
  (await world.audit()).filter((action) => /room\.(suspected|trusted)/.test(action));

describe("a room that reads as it cannot be", () => {
  it("loses nothing, gets what it lacks, and is verified by the second read", async () => {
    const world = await aWorld();
    world.server.change(A_ROOM, stranger("E-x"));
    show(world, ["E-x"], 1);
    const first = await world.pass();
    expect(first.report.outcome).to.deep.include({ kind: "waiting", reason: "SuspiciousRead" });
    expect(first.requeue).to.include({ kind: "backoff", atLeastMs: TOLERANCE_MS, isFirst: true });
    expect(world.server.writes).to.deep.equal(OURS.map((id) => `join ${id}`));
    expect((await world.row()).refusals).to.have.length(1);
    expect((await world.row()).refusals[0]).to.deep.include({
      reason: "SuspiciousRead",
      effect: "hold",
      items: ["entity/E-x"],
      confirmable: false,
    });
    await world.clock.advance(TOLERANCE_MS);
    const second = await world.pass({ trigger: "interval" });
    expect(second.report.outcome).to.deep.equal({ kind: "converged" });
    expect(world.server.effects).to.deep.equal(["kick E-x"]);
    expect(await doubts(world)).to.deep.equal(["room.suspected", "room.trusted"]);
  });

  it("is corrected within two passes where somebody really changed it", async () => {
    const world = await aWorld();
    upset(world);
    const first = await world.pass({ trigger: "event" });
    expect(first.report.outcome).to.deep.include({ kind: "waiting", reason: "SuspiciousRead" });
    expect(ids(world)).to.deep.equal([...OURS, "E-x"]);
    await world.clock.advance(TOLERANCE_MS);
    const second = await world.pass({ trigger: "interval" });
    expect(second.report.outcome).to.deep.equal({ kind: "converged" });
    expect(ids(world)).to.deep.equal(OURS);
    expect((await world.row()).suspicion).to.equal(null);
  });

  it("loses nothing of several others without a confirmation where none of several of ours was there, which may be another room", async () => {
    const world = await aWorld();
    world.server.change(A_ROOM, stranger("E-x"));
    world.server.change(A_ROOM, stranger("E-y"));
    show(world, ["E-x", "E-y"], 1);
    await world.pass();
    await world.clock.advance(TOLERANCE_MS);
    const { report } = await world.pass({ trigger: "interval" });
    expect(report.refusals).to.have.length(1);
    expect(report.refusals[0]).to.deep.include({
      reason: "AdoptionNeedsConfirm",
      items: ["entity/E-x", "entity/E-y"],
      confirmable: true,
    });
    expect(report.refusals[0]?.message).to.match(
      /shows 2 things and none of the 3 .* another room/,
    );
    expect(world.server.effects).to.deep.equal([]);
    await world.pass({ trigger: "event" });
    expect(world.server.effects).to.deep.equal([]);
    world.server.change(
      A_ROOM,
      (room) => kickEntity(kickEntity(room, "E-x", 0).room, "E-y", 0).room,
    );
    await world.pass({ trigger: "event" });
    world.server.change(A_ROOM, stranger("E-z"));
    await world.pass({ trigger: "event" });
    expect(world.server.effects).to.deep.equal(["kick E-z"]);
  });

  it("asks about the things of others alone where it may be another room", async () => {
    const world = await aWorld();
    await world.change({ inDoubt: { message: "It may be another room", isAll: false } });
    await world.push({ entities: OURS.slice(1).map((id) => anEntity(id)) });
    expect((await world.pass()).report.outcome).to.deep.equal({ kind: "converged" });
    expect(world.server.effects).to.deep.equal(["kick E-1"]);
  });

  it("asks about all things where it is on another server", async () => {
    const world = await aWorld();
    await world.change({ inDoubt: { message: "It is another server", isAll: true } });
    await world.push({ entities: OURS.slice(1).map((id) => anEntity(id)) });
    const { report } = await world.pass();
    expect(report.refusals.map(({ reason, items }) => [reason, items])).to.deep.equal([
      ["AdoptionNeedsConfirm", ["entity/E-1"]],
    ]);
  });

  it("is read over a connection of its own until it reads as it is known, and then no more", async () => {
    const world = await aWorld();
    upset(world);
    await world.pass();
    expect(reads(world)).to.deep.equal([false, true]);
    world.forget();
    await world.clock.advance(TOLERANCE_MS);
    await world.pass();
    expect(reads(world)).to.deep.equal([true, false]);
  });

  it("goes on being held while each read shows something else", async () => {
    const world = await aWorld();
    for (const id of ["E-x", "E-y", "E-z"]) {
      show(world, [id]);
      const { report, requeue } = await world.pass({ trigger: "event" });
      expect(report.outcome).to.deep.include({ kind: "waiting", reason: "SuspiciousRead" });
      expect(requeue).to.include({ kind: "backoff", atLeastMs: TOLERANCE_MS, isFirst: true });
      await world.clock.advance(TOLERANCE_MS);
    }
    expect(world.server.writes.filter((write) => write.startsWith("kick"))).to.deep.equal([]);
    expect((await world.row()).cyclesSinceConverged).to.equal(0);
  });

  it("is held to the guardrails once the second read agrees", async () => {
    const world = await aWorld();
    show(world, ["E-p", "E-q"]);
    await world.pass();
    await world.clock.advance(TOLERANCE_MS);
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "refused" });
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal(["ChangeThresholdExceeded"]);
  });

  it("is not suspected of what the agent takes out of it", async () => {
    const world = await aWorld();
    await world.push({ entities: [] });
    await world.confirm(OURS.map((id) => `entity/${id}` as const));
    const { report } = await world.pass();
    expect(report.outcome).to.deep.equal({ kind: "converged" });
    expect(await doubts(world)).to.deep.equal([]);
    expect((await world.pass()).isChanged).to.equal(false);
  });

  it("is believed to be empty for good by the second read, and does not become odd again", async () => {
    const world = await aWorld();
    show(world, []);
    const ends: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      const { report, row } = await world.pass({ trigger: "event" });
      ends.push(row.lastOutcome ?? report.outcome.kind);
      await world.clock.advance(TOLERANCE_MS);
    }
    expect(ends.slice(0, 2)).to.deep.equal(["waiting/SuspiciousRead", "partial/ActionsFailed"]);
    expect(ends.at(-1)).to.equal("stalled/ActionsFailed");
    expect(await doubts(world)).to.deep.equal(["room.suspected", "room.trusted"]);
  });

  it("is never judged a second time by the cached read", async () => {
    const world = await aWorld();
    show(world, ["E-x"], 1);
    await world.pass();
    world.forget();
    await world.pass({ trigger: "interval" });
    expect(reads(world)[0]).to.equal(true);
  });

  it("stays held over a restart", async () => {
    const world = await aWorld();
    upset(world);
    world.server.failAt("join", 1, UNREACHABLE, 3);
    await world.pass();
    const before = (await world.row()).suspicion;
    expect(before).to.deep.include({ kind: "foreign", acceptedAt: null });
    world.restart();
    const again = await world.pass({ trigger: "interval" });
    expect(again.report.outcome).to.deep.include({ reason: "SuspiciousRead" });
    expect((await world.row()).suspicion?.since).to.equal(before?.since);
    expect(ids(world)).to.include("E-x");
  });

  it("shows a suspicion as a condition, until it ends", async () => {
    const world = await aWorld();
    upset(world);
    const { row } = await world.pass();
    const shown = row.conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
    expect(shown).to.include.members([
      "Ready False SuspiciousRead",
      "Suspicious True SuspiciousRead",
    ]);
    await world.clock.advance(TOLERANCE_MS);
    const { row: after } = await world.pass();
    expect(after.conditions.map(({ type }) => type)).to.deep.equal(["Ready"]);
  });

  it("keeps a yes that was said while it was held, for when the second read has decided", async () => {
    const world = await aWorld();
    world.server.change(A_ROOM, (room) =>
      ["E-p", "E-q", "E-r", "E-s"].reduce((left, id) => stranger(id)(left), room),
    );
    show(world, ["E-p", "E-q", "E-r", "E-s"], 1);
    const asked = await world.pass({ trigger: "apply", confirm: true });
    expect(asked.report.outcome).to.deep.include({ kind: "waiting", reason: "SuspiciousRead" });
    expect(ids(world)).to.include("E-p");
    await world.clock.advance(TOLERANCE_MS);
    const { report } = await world.pass({ trigger: "interval" });
    expect(report.outcome).to.deep.equal({ kind: "converged" });
    expect(ids(world)).to.deep.equal(OURS);
  });

  it("counts what was odd", async () => {
    const world = await aWorld();
    show(world, []);
    await world.pass();
    expect(world.metrics.told.filter((each) => each.startsWith("suspicious"))).to.deep.equal([
      "suspicious read empty",
    ]);
  });
});

describe("VERIFY of a room that reads as it cannot be", () => {
  it("neither settles anything nor says that the room is as it should be", async () => {
    const world = await aWorld();
    await world.push({ entities: [...spec.entities, anEntity("E-4")] });
    let read = 0;
    world.server.view = (state) => {
      read += 1;
      return read === 2 ? { ...state, entities: [] } : state;
    };
    world.server.failAfterWorkAt("join", 1, LOST);
    const { report, row } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "failed", reason: "RoomServerUnavailable" });
    expect(row.suspicion).to.deep.include({ kind: "empty", acceptedAt: null });
    expect(world.intents()).to.include("join entity/E-4 open");
    await world.clock.advance(TOLERANCE_MS);
    const second = await world.pass();
    expect(second.report.outcome).to.deep.equal({ kind: "converged" });
    expect(world.intents()).to.include("join entity/E-4 done");
    expect(world.server.writes).to.deep.equal(["join E-4"]);
  });
});

describe("open intents of a room that reads as it cannot be", () => {
  it("stay open, and the room gets no write, until the second read", async () => {
    const world = await aWorld();
    await world.push({ entities: [...spec.entities, anEntity("E-4")] });
    world.server.failAfterWorkAt("join", 1, LOST);
    world.server.failAt("readState", 2, UNREACHABLE);
    await world.pass();
    expect(world.intents()).to.include("join entity/E-4 open");
    world.forget();
    show(world, ["E-x"], 2);
    const first = await world.pass();
    expect(first.report.outcome).to.deep.include({ kind: "waiting", reason: "SuspiciousRead" });
    expect(first.requeue).to.include({ kind: "backoff", atLeastMs: TOLERANCE_MS, isFirst: true });
    expect(world.intents()).to.include("join entity/E-4 open");
    expect(world.server.writes).to.deep.equal([]);
    expect((await world.row()).suspicion?.kind).to.equal("foreign");
    await world.clock.advance(TOLERANCE_MS);
    world.server.view = (state) => state;
    const second = await world.pass();
    expect(second.report.outcome).to.deep.equal({ kind: "converged" });
    expect(world.intents()).to.include("join entity/E-4 done");
    expect(await doubts(world)).to.deep.equal(["room.suspected", "room.trusted"]);
  });
});
