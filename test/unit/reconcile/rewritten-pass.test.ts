import { expect } from "chai";
import { joinEntity } from "../../../devserver/room.ts";
import type { Room } from "../../../agent/room/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

const rewritten: Room["rewritten"] = {
  from: "main@sha1:old",
  to: "main@sha1:new",
  since: "2026-01-01T00:00:00.000Z",
};

const ids = (world: PassWorld) => world.room().entities.map(({ id }) => id);

function intrude(world: PassWorld, id: string): void {
  world.server.change(A_ROOM, (room) => joinEntity(room, anEntity(id), 1).room);
}

/** A room verified with E-1 to E-4 whose history was rewritten to a spec with E-1 and `entities`. */
async function aRewrittenRoom(entities: readonly string[] = []): Promise<PassWorld> {
  const world = new PassWorld();
  await world.verified({ entities: ["E-1", "E-2", "E-3", "E-4"] });
  await world.push({ version: 2, entities: ["E-1", ...entities] }, {}, { rewritten });
  return world;
}

const HELD = ["entity/E-2", "entity/E-3", "entity/E-4"] as const;

describe("a pass over a room whose history was rewritten", () => {
  it("holds the removals, whatever their share, and does the rest", async () => {
    const world = await aRewrittenRoom(["E-5"]);
    const { report, requeue } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "held", reason: "HistoryRewritten" });
    expect(report.refusals.map(({ reason, effect, items }) => [reason, effect, ...items]))
      .to.deep //
      .equal([["HistoryRewritten", "hold", ...HELD]]);
    expect(requeue).to.deep.equal({ kind: "interval" });
    expect(ids(world)).to.deep.equal(["E-1", "E-2", "E-3", "E-4", "E-5"]);
    const row = await world.row();
    expect(row.rewritten).to.deep.equal(rewritten);
    expect(row.verified?.specVersion, "not verified").to.equal(1);
    expect(row.appliedVersion?.specVersion, "but applied").to.equal(2);
    expect(row.pendingDiff?.toKick).to.deep.equal(["E-2", "E-3", "E-4"]);
  });

  it("says the same at every further pass, writes nothing, and is never stalled", async () => {
    const world = await aRewrittenRoom(["E-5"]);
    await world.pass();
    const row = await world.row();
    const audit = await world.audit();
    for (let at = 0; at < 5; at += 1) {
      const { report } = await world.pass({ trigger: "interval" });
      expect(report.outcome).to.deep.include({ kind: "held", reason: "HistoryRewritten" });
    }
    expect(await world.row()).to.deep.equal(row);
    expect(await world.audit()).to.deep.equal(audit);
    expect(audit.at(-1)).to.equal("room.refused partial");
  });

  it("goes on adding what drift took away", async () => {
    const world = await aRewrittenRoom();
    await world.pass();
    world.server.change(A_ROOM, (room) => ({ ...room, entities: room.entities.slice(1) }));
    await world.pass();
    expect(ids(world)).to.have.members(["E-1", "E-2", "E-3", "E-4"]);
  });

  it("removes what a confirmation by name covers, and the mark goes with the last of it", async () => {
    const world = await aRewrittenRoom();
    await world.pass();
    await world.confirm(["entity/E-2", "entity/E-3"], true);
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "held", reason: "HistoryRewritten" });
    expect(ids(world)).to.deep.equal(["E-1", "E-4"]);
    await world.confirm(["entity/E-4"], true);
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(ids(world)).to.deep.equal(["E-1"]);
    expect(await world.row()).to.deep.include({ rewritten: null, refusals: [] });
  });

  it("is not let go of by a confirmation that names nobody", async () => {
    const world = await aRewrittenRoom();
    await world.confirm(HELD, false);
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "held", reason: "HistoryRewritten" });
    expect(await world.covered()).to.deep.equal(HELD);
  });

  it("is let go of by X-Confirm", async () => {
    const world = await aRewrittenRoom();
    await world.pass();
    const { report } = await world.pass({ trigger: "apply", confirm: true });
    expect(report.outcome).to.deep.equal({ kind: "converged" });
    expect((await world.row()).rewritten).to.equal(null);
  });

  it("loses the mark at once where nothing is to be removed, and drift is then removed as ever", async () => {
    const world = await aRewrittenRoom(["E-2", "E-3", "E-4", "E-5"]);
    expect((await world.pass()).report.outcome).to.deep.equal({ kind: "converged" });
    expect((await world.row()).rewritten).to.equal(null);
    intrude(world, "E-9");
    await world.pass();
    expect(ids(world)).to.not.include("E-9");
  });

  it("keeps the mark while a version that went down is refused, and tells of both", async () => {
    const world = new PassWorld();
    await world.verified({ version: 3, entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: ["E-1"] }, {}, { rewritten, lineage: "specs/2/x" });
    intrude(world, "E-9");
    const { report } = await world.pass();
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal([
      "SpecVersionRegressed",
      "HistoryRewritten",
      "HistoryRewritten",
    ]);
    expect(ids(world), "held for what is enforced meanwhile, too").to.deep.equal([
      "E-1",
      "E-2",
      "E-9",
    ]);
    expect((await world.row()).rewritten).to.deep.equal(rewritten);
  });

  it("holds removals also while a later spec is broken", async () => {
    const world = await aRewrittenRoom();
    await world.pass();
    const headProblem = {
      reason: "SpecInvalid" as const,
      message: "line 3",
      revision: "main@sha1:9",
    };
    await world.change({ headProblem });
    await world.pass();
    expect(ids(world)).to.deep.equal(["E-1", "E-2", "E-3", "E-4"]);
    expect((await world.row()).rewritten).to.deep.equal(rewritten);
  });

  it("shows what would be held in a dry run, and changes nothing", async () => {
    const world = await aRewrittenRoom(["E-5"]);
    await world.change({ dryRun: { commit: "abc" } });
    const { report } = await world.pass();
    expect(report.outcome).to.deep.equal({ kind: "planned" });
    expect(report.refusals.map(({ effect }) => effect)).to.deep.equal(["hold"]);
    expect(report.diff).to.deep.include({ toJoin: ["E-5"], toKick: ["E-2", "E-3", "E-4"] });
    expect(ids(world)).to.deep.equal(["E-1", "E-2", "E-3", "E-4"]);
  });

  it("is not held for a posted spec", async () => {
    const world = await aRewrittenRoom();
    const posted = { ...(await world.inputs({ version: 1, entities: ["E-1", "E-2", "E-3"] })) };
    await world.change({ head: { ...posted, path: null }, overridden: true });
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(ids(world)).to.deep.equal(["E-1", "E-2", "E-3"]);
    expect((await world.row()).rewritten, "git's history is still another").to.deep.equal(
      rewritten,
    );
  });

  it("is still held after a restart", async () => {
    const world = await aRewrittenRoom();
    world.restart();
    await world.pass();
    expect(ids(world)).to.deep.equal(["E-1", "E-2", "E-3", "E-4"]);
    expect((await world.row()).refusals.map(({ reason }) => reason)).to.deep.equal([
      "HistoryRewritten",
    ]);
  });
});
