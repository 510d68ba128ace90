import { expect } from "chai";
import { joinEntity } from "../../../devserver/room.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";
import { aQuarantine } from "../../support/a-row.ts";
import { DEFAULT_LIMITS } from "../../support/some-facts.ts";

const ids = (world: PassWorld) => world.room().entities.map(({ id }) => id);

/** Puts entities into the room behind the agent's back. */
function intrude(world: PassWorld, ...names: readonly string[]): void {
  for (const id of names) {
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity(id), 1).room);
  }
}

describe("a pass with X-Dry-Run", () => {
  it("plans, pre-checks and changes nothing, neither in the room nor in the store", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: ["E-3"] });
    const batches = world.store.written.length;
    const { report, isChanged } = await world.pass({ dryRun: true, trigger: "apply" });
    expect(report.outcome).to.deep.equal({ kind: "planned" });
    expect(report.diff).to.deep.include({ toJoin: ["E-3"], toKick: ["E-1", "E-2"] });
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal(["ChangeThresholdExceeded"]);
    expect(isChanged).to.equal(false);
    expect(world.server.writes).to.deep.equal([]);
    expect(world.store.written.slice(batches)).to.deep.equal([]);
  });

  it("says that nothing is to be done where nothing is", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1"] });
    const { report } = await world.pass({ dryRun: true, trigger: "apply" });
    expect(report.outcome).to.deep.equal({ kind: "planned" });
    expect(report.diff.toJoin).to.deep.equal([]);
  });

  it("plans what is enforced, and enforces nothing, while the newest spec is broken", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1"] });
    await world.change({
      headProblem: { reason: "SpecInvalid", message: "line 3", revision: "main@sha1:2" },
    });
    intrude(world, "E-2");
    const batches = world.store.written.length;
    const { report } = await world.pass({ dryRun: true, trigger: "apply" });
    expect(report.outcome).to.deep.equal({ kind: "planned" });
    expect(report.diff.toKick).to.deep.equal(["E-2"]);
    expect(world.server.writes).to.deep.equal([]);
    expect(world.store.written.slice(batches)).to.deep.equal([]);
  });

  it("plans a posted spec in a room whose own is broken", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1"] });
    await world.change({
      headProblem: { reason: "SpecInvalid", message: "line 3", revision: "main@sha1:2" },
    });
    const posted = { ...(await world.inputs({ entities: ["E-1", "E-2"] })), path: null };
    const before = await world.row();
    const { report } = await world.pass({ dryRun: true, trigger: "apply", posted });
    expect(report.outcome).to.deep.equal({ kind: "planned" });
    expect(report.diff.toJoin).to.deep.equal(["E-2"]);
    expect(world.server.writes).to.deep.equal([]);
    expect(await world.row()).to.deep.equal(before);
  });

  it("plans a posted spec for a room that is not known, and the room stays unknown", async () => {
    const world = new PassWorld();
    const posted = { ...(await world.inputs({ entities: ["E-1"] })), path: null };
    const batches = world.store.written.length;
    const { report } = await world.pass({ dryRun: true, trigger: "apply", posted });
    expect(report.outcome).to.deep.equal({ kind: "planned" });
    expect(report.diff.toJoin).to.deep.equal(["E-1"]);
    expect(await world.store.readRooms()).to.deep.equal([]);
    expect(world.store.written.slice(batches)).to.deep.equal([]);
  });

  it("shows with X-Confirm what a confirmed request would do, and confirms nothing", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: [] }, {}, { dryRun: { commit: "c0ffee" } });
    const { report } = await world.pass({ dryRun: true, confirm: true, trigger: "apply" });
    expect(report.outcome.kind).to.equal("planned");
    expect(report.refusals).to.deep.equal([]);
    expect(await world.covered()).to.deep.equal([]);
    expect((await world.row()).dryRun).to.deep.equal({ commit: "c0ffee" });
  });
});

describe("a pass with X-Confirm", () => {
  it("carries out what is being refused, once", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: [] });
    expect((await world.pass()).report.outcome.kind).to.equal("refused");
    const { report } = await world.pass({ confirm: true, trigger: "apply", actor: "ada" });
    expect(report.outcome).to.deep.equal({ kind: "converged" });
    expect(ids(world)).to.deep.equal([]);
    expect(await world.covered()).to.deep.equal([]);
    const [record] = await world.store.readAudit({
      count: 1,
      correlationId: report.correlationId,
    });
    expect(record?.metadata["actor"]).to.equal("ada");
    intrude(world, "E-1", "E-2");
    expect((await world.pass()).report.outcome.kind).to.equal("refused");
  });

  it("keeps the confirmation for the passes that finish it when the server goes away", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: [] });
    world.server.failAt("kick", 2, UNREACHABLE);
    const { report } = await world.pass({ confirm: true, trigger: "apply" });
    expect(report.outcome).to.deep.include({ kind: "partial", reason: "ActionsFailed" });
    expect(await world.covered()).to.deep.equal(["entity/E-2"]);
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(world.server.effects).to.deep.equal(["kick E-1", "kick E-2"]);
  });

  it("lifts the dry run a commit asked for", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] }, {}, { dryRun: { commit: "c0ffee" } });
    expect((await world.pass()).report.outcome.kind).to.equal("planned");
    expect(ids(world)).to.deep.equal([]);
    const { report } = await world.pass({ confirm: true, trigger: "apply" });
    expect(report.outcome.kind).to.equal("converged");
    expect((await world.row()).dryRun).to.equal(null);
    expect(await world.audit()).to.include("confirm");
  });

  it("forgets the dry run of the spec that it carries out, and of no other", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] }, {}, { dryRun: { commit: "c0ffee" } });
    const oid = (await world.row()).head?.specOid ?? "";
    const other = { commit: "cafe", oid: "other" };
    await world.change({ rehearsals: [{ commit: "c0ffee", oid }, other] });
    await world.pass({ confirm: true, trigger: "apply" });
    const { dryRun, rehearsals } = await world.row();
    expect(dryRun).to.equal(null);
    expect(rehearsals).to.deep.equal([other]);
  });

  it("accepts a version that went down, also for the passes after it and before any pass refused it", async () => {
    const world = new PassWorld();
    await world.verified({ version: 4, entities: ["E-1"] });
    await world.push({ version: 3, entities: ["E-1", "E-2"] });
    world.server.failAt("join", 1, { kind: "refused", status: 422, message: "no" });
    const first = await world.pass({ confirm: true, trigger: "apply" });
    expect(first.report.outcome.kind).to.equal("failed");
    const { report } = await world.pass();
    expect(report.outcome).to.deep.equal({ kind: "converged" });
    expect(ids(world)).to.deep.equal(["E-1", "E-2"]);
  });

  it("leaves no yes behind for a plan that nothing can allow, least of all for the older spec", async () => {
    const world = new PassWorld({ limits: { ...DEFAULT_LIMITS, onLimit: "refuse" } });
    await world.verified({ entities: ["E-1", "E-2", "E-3"] });
    await world.push({ version: 2, entities: [] });
    intrude(world, "X-1", "X-2", "X-3", "X-4");
    const { report } = await world.pass({ confirm: true, trigger: "apply" });
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal([
      "KickLimitExceeded",
      "ChangeThresholdExceeded",
    ]);
    expect(await world.covered()).to.deep.equal([]);
    expect(world.server.effects).to.deep.equal([]);
  });

  it("confirms for the older spec where the newest is broken", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1"] });
    await world.change({
      headProblem: { reason: "SpecInvalid", message: "line 3", revision: "main@sha1:2" },
    });
    intrude(world, "X-1", "X-2", "X-3");
    expect((await world.pass()).report.outcome.kind).to.equal("refused");
    const { report } = await world.pass({ confirm: true, trigger: "apply" });
    expect(report.outcome.kind).to.equal("converged");
    expect(ids(world)).to.deep.equal(["E-1"]);
  });

  it("does not lose a commit that came in before its yes was written down", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] }, {}, { dryRun: { commit: "c0ffee" } });
    const newer = await world.inputs({ version: 2, entities: ["E-2"] });
    const readOpenIntents = world.store.readOpenIntents.bind(world.store);
    world.store.readOpenIntents = async (roomId) => {
      await world.change({ head: newer, dryRun: { commit: "cafe" } });
      return readOpenIntents(roomId);
    };
    const { report } = await world.pass({ confirm: true, trigger: "apply" });
    expect(report.outcome.kind).to.equal("superseded");
    expect(world.server.effects).to.deep.equal([]);
    world.store.readOpenIntents = readOpenIntents;
    expect((await world.pass()).report.outcome.kind).to.equal("planned");
    expect(await world.row()).to.deep.include({ head: newer, dryRun: { commit: "cafe" } });
  });

  it("ends no dry run and tries no quarantined inputs again for a plan that is not the named one", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] }, {}, { dryRun: { commit: "c0ffee" } });
    const other = `sha256:${"0".repeat(64)}` as const;
    const asked = { confirm: other, trigger: "apply", retry: true } as const;
    const { report, requeue } = await world.pass(asked);
    expect(report.outcome.kind).to.equal("refused");
    expect(requeue).to.deep.equal({ kind: "now" });
    expect((await world.row()).dryRun).to.deep.equal({ commit: "c0ffee" });
    const quarantine = aQuarantine({ digest: (await world.row()).head?.digest ?? "" });
    await world.change({ dryRun: null, quarantine });
    await world.pass(asked);
    expect((await world.row()).quarantine).to.deep.equal(quarantine);
    expect(world.server.effects).to.deep.equal([]);
    const digest = (await world.pass({ dryRun: true })).report.planDigest;
    expect(digest).to.match(/^sha256:/);
    const named = await world.pass({ ...asked, confirm: digest ?? false });
    expect(named.report.outcome.kind).to.equal("converged");
    expect((await world.row()).quarantine).to.equal(null);
  });

  it("binds the confirmation of a posted spec to that spec", async () => {
    const world = new PassWorld();
    const first = await world.verified({ entities: ["E-1", "E-2", "E-3"] });
    const posted = { ...(await world.inputs({ version: 2, entities: [] })), path: null };
    await world.change({ owner: { kind: "api" }, head: posted });
    world.server.failAt("kick", 2, UNREACHABLE);
    world.server.failAt("kick", 3, UNREACHABLE);
    await world.pass({ confirm: true, trigger: "apply", carried: posted });
    expect(await world.covered()).to.deep.equal(["entity/E-2", "entity/E-3"]);
    const other = { ...(await world.inputs({ version: 3, entities: [] })), path: null };
    await world.change({ head: other, enforced: first });
    expect((await world.pass()).report.outcome.kind).to.equal("refused");
    expect(ids(world)).to.deep.equal(["E-2", "E-3", "E-1"]);
  });

  it("does nothing for inputs that were replaced before it began", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2"] });
    const mine = await world.inputs({ version: 2, entities: ["E-1"] });
    await world.push({ version: 3, entities: [] });
    const { report, requeue } = await world.pass({
      confirm: true,
      trigger: "apply",
      carried: mine,
    });
    expect(report.outcome.kind).to.equal("superseded");
    expect(requeue).to.deep.equal({ kind: "now" });
    expect(world.server.effects).to.deep.equal([]);
    expect(await world.covered()).to.deep.equal([]);
  });
});
