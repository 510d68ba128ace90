import { expect } from "chai";
import type { Room } from "../../../agent/room/room.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";
import { anEntity, A_ROOM } from "../../support/a-room-spec.ts";
import { rejection } from "../../support/rejection.ts";
import { joinEntity } from "../../../devserver/room.ts";

const ids = (world: PassWorld) => world.room().entities.map(({ id }) => id);

describe("Reconciler", () => {
  it("takes a room to its newest spec and says so in the row, the audit and the history", async () => {
    const world = new PassWorld();
    const head = await world.push({ entities: ["E-1"], artifacts: ["notes"] });
    const { report, requeue, isChanged } = await world.pass();
    expect(report).to.deep.include({ outcome: { kind: "converged" }, phase: "VERIFY" });
    expect(requeue).to.deep.equal({ kind: "interval" });
    expect(isChanged).to.equal(true);
    const row = await world.row();
    expect(row).to.deep.include({
      enforced: head,
      verified: head,
      attemptedRevision: head.revision,
      appliedRevision: head.revision,
      verifiedRevision: head.revision,
      appliedVersion: { specVersion: 1, specDigest: head.specDigest, lineage: null },
      verifiedBefore: true,
      inventory: ["artifact/notes", "entity/E-1"],
      lastOutcome: "converged",
      lastReconcile: "2026-01-01T00:00:00.000Z",
    });
    expect(await world.audit()).to.deep.equal([
      "entity.joined.intended E-1",
      "artifact.seeded.intended notes",
      "entity.joined E-1 done",
      "artifact.seeded notes done",
      "room.converged converged",
    ]);
    const history = await world.store.readHistory(A_ROOM);
    expect(history.map(({ outcome, revision }) => [outcome, revision])).to.deep.equal([
      ["verified", head.revision],
    ]);
  });

  it("says that its calls have ended after the last answer, before it writes down how it ended", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] });
    const moments: unknown[] = [];
    const callsEnded = async () => {
      const calls = world.server.calls.map(({ operation }) => operation);
      moments.push({ calls, history: await world.store.readHistory(A_ROOM) });
    };
    await world.pass({}, { callsEnded: () => void callsEnded() });
    expect(moments).to.deep.equal([{ calls: ["readState", "join", "readState"], history: [] }]);
  });

  it("says while it saves what it is about to do, between the plan and the first write", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] });
    const moments: unknown[] = [];
    const note = async () => {
      const calls = world.server.calls.map(({ operation }) => operation);
      const intents = await world.store.readOpenIntents();
      moments.push({ calls, intents: intents.map(({ action }) => action.item) });
    };
    const saving = async <T>(save: () => Promise<T>) => {
      await note();
      const saved = await save();
      await note();
      return saved;
    };
    await world.pass({}, { saving });
    expect(moments).to.deep.equal([
      { calls: ["readState"], intents: [] },
      { calls: ["readState"], intents: ["entity/E-1"] },
    ]);
  });

  it("writes nothing at all the second time", async () => {
    const world = new PassWorld();
    await world.verified({
      entities: ["E-1"],
      artifacts: [{ name: "notes", promoteAfterSeed: true }],
      policies: { maxArtifactsPerEntity: 7 },
      resources: ["search"],
    });
    const batches = world.store.written.length;
    const { report, isChanged } = await world.pass();
    expect(report.outcome).to.deep.equal({ kind: "converged" });
    expect(world.server.writes).to.deep.equal([]);
    expect(world.store.written.slice(batches)).to.deep.equal([]);
    expect(isChanged).to.equal(false);
  });

  it("enforces what was accepted before while the newest spec is refused", async () => {
    const world = new PassWorld();
    const good = await world.verified({ entities: ["E-1", "E-2", "E-3"] });
    await world.push({ version: 2, entities: ["E-1"] });
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: room.entities.filter(({ id }) => id !== "E-2"),
    }));
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-4"), 1).room);
    world.server.change(A_ROOM, (room) => joinEntity(room, anEntity("E-5"), 1).room);
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("refused");
    expect(ids(world)).to.deep.equal(["E-1", "E-3", "E-2"]);
    expect(await world.row()).to.deep.include({
      enforced: good,
      verifiedRevision: good.revision,
      lastOutcome: "refused",
    });
  });

  it("falls back to what was enforced when the store lost the newest spec", async () => {
    const world = new PassWorld();
    const good = await world.verified({ entities: ["E-1"] });
    await world.change({ head: { ...good, digest: "other", specOid: "gone", specVersion: 2 } });
    world.server.change(A_ROOM, (room) => ({ ...room, entities: [] }));
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "failed", reason: "DesiredStateLost" });
    expect(ids(world)).to.deep.equal(["E-1"]);
    const { conditions } = await world.row();
    expect(conditions.map(({ type, reason }) => `${type} ${reason}`)).to.include(
      "Stalled DesiredStateLost",
    );
  });

  it("only observes a room whose only spec is lost", async () => {
    const world = new PassWorld();
    const head = await world.inputs({ entities: ["E-1"] });
    await world.change({ head: { ...head, specOid: "gone" } });
    const { report, requeue } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "failed", reason: "DesiredStateLost" });
    expect(requeue.kind).to.equal("backoff");
    expect(world.server.calls).to.deep.equal([]);
  });

  it("says which seed it lost", async () => {
    const world = new PassWorld();
    const head = await world.inputs({ artifacts: ["notes"] });
    const [seed] = head.seeds;
    await world.change({
      head: { ...head, seeds: [{ ...seed!, kind: "present", oid: "gone", size: 1 }] },
    });
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "failed", reason: "DesiredStateLost" });
    expect("message" in report.outcome && report.outcome.message).to.include("seeds/notes.md");
  });

  it("leaves a room alone that nobody owns", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1"] });
    await world.change({ owner: null });
    world.server.change(A_ROOM, (room) => ({ ...room, entities: [] }));
    const { report, requeue } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "waiting", reason: "Orphaned" });
    expect(requeue).to.deep.equal({ kind: "never" });
    expect(world.server.calls).to.deep.equal([]);
  });

  it("makes no row of a room that nothing is known of", async () => {
    const world = new PassWorld();
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("waiting");
    expect(await world.store.readRooms()).to.deep.equal([]);
  });

  it("keeps what came in while it ran: a newer spec, a new owner, another dry run", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] });
    const newer = await world.inputs({ version: 2, entities: ["E-1", "E-2"] });
    const said: Partial<Room> = {
      owner: { kind: "git", source: "other", path: "x.room.yaml" },
      head: newer,
      observedRevision: newer.revision,
      dryRun: { commit: "c0ffee" },
      headProblem: { reason: "SpecInvalid", message: "line 3", revision: "r" },
      versionConfirmed: "d",
      overridden: true,
      intentIgnored: [{ commit: "c", line: "confirm: x", reason: "case" }],
    };
    world.server.before = async ({ operation }) => {
      if (operation === "join") await world.change(said);
    };
    await world.pass();
    expect(await world.row()).to.deep.include({ ...said, attemptedRevision: "main@sha1:1" });
  });

  it("rejects when the store refuses the intents, and has sent nothing", async () => {
    const world = new PassWorld();
    await world.push({ entities: ["E-1"] });
    world.store.failWrites();
    expect(await rejection(world.pass())).to.include({ code: "StoreUnavailable" });
    expect(world.server.writes).to.deep.equal([]);
    expect(await world.converge()).to.deep.equal(["converged"]);
  });

  it("keeps what was being refused, blocked and pending while the server cannot be read", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1", "E-2", "E-3"] });
    await world.push(
      { version: 2, entities: [], artifacts: ["notes"] },
      { notes: { kind: "unusable", reason: "SeedMissing", message: "not in the tree" } },
    );
    await world.pass();
    const before = await world.row();
    expect(before.refusals).to.have.length(1);
    world.server.failAt("readState", 1, UNREACHABLE);
    await world.pass();
    const after = await world.row();
    expect(after.lastOutcome).to.equal("failed/RoomServerUnavailable");
    expect(after).to.deep.include({
      refusals: before.refusals,
      blocked: before.blocked,
      pendingDiff: before.pendingDiff,
    });
    expect(after.conditions.map(({ type }) => type)).to.include("AwaitingConfirm");
  });
});
