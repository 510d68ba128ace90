import { expect } from "chai";
import { anObservedEntity } from "../../support/a-room-state.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";
import { TWO, anAttempt, conditionsOf, entitiesIn, refused, rollBack } from "./rolled-back.ts";
import { joinEntity, kickEntity } from "../../../devserver/room.ts";

describe("a pass that is refused for the most part", () => {
  it("takes back what it did, quarantines its inputs, and says so everywhere", async () => {
    const world = await anAttempt();
    const before = await world.row();
    const { report, requeue } = await rollBack(world);
    expect(report).to.deep.include({ phase: "ROLLBACK" });
    expect(report.outcome).to.deep.include({
      kind: "rolledBack",
      reason: "RolledBack",
      pending: 0,
    });
    expect(report.outcome).to.have.property("message").that.includes("1 of 1 applied change");
    expect(requeue).to.deep.equal({ kind: "now" });
    expect(world.server.writes).to.deep.equal(["join E-2", "join E-3", "join E-4", "kick E-2"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);

    const row = await world.row();
    const { head } = row;
    expect(row).to.deep.include({
      enforced: before.enforced,
      verified: before.verified,
      appliedVersion: before.appliedVersion,
      appliedRevision: before.appliedRevision,
      attemptedRevision: head?.revision,
      inventory: before.inventory,
      lastOutcome: "rolledBack",
    });
    expect(row.quarantine).to.deep.include({
      digest: head?.digest,
      revision: head?.revision,
      specVersion: 2,
      reason: "RolledBack",
      since: "2026-01-01T00:00:00.000Z",
      undone: [{ action: "join", item: "entity/E-2" }],
      notUndone: [],
      pending: [],
    });
    expect(row.quarantine?.message).to.include("2 of 3 actions failed");
    expect(await conditionsOf(world)).to.include("Ready False RolledBack");

    const records = await world.store.readAudit({ count: 10, roomId: A_ROOM });
    const last = records.at(-1);
    expect(last?.action).to.equal("room.rolledBack");
    expect(last?.metadata).to.deep.include({
      phase: "ROLLBACK",
      undone: ["join entity/E-2"],
      notUndone: [],
      pending: [],
      enforcedRevision: before.enforced?.revision,
    });
    const [history] = await world.store.readHistory(A_ROOM);
    expect(history).to.deep.include({ outcome: "rolledBack", revision: head?.revision });
    expect(world.metrics.told).to.include.members(["ROLLBACK", "ended rolledBack failure"]);
    expect(world.metrics.told).to.include("kick done");
  });

  it("keeps what its undo removed by an answer alone in the inventory, until a read shows it gone", async () => {
    const world = await anAttempt();
    world.server.failAt("readState", 3, UNREACHABLE);
    await rollBack(world);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
    const { inventory, removing } = await world.row();
    expect(inventory).to.include("entity/E-2");
    expect(removing?.items).to.deep.equal(["entity/E-2"]);
    await world.pass();
    const after = await world.row();
    expect(after.inventory).to.deep.equal(["artifact/notes", "entity/E-1"]);
    expect(after.removing).to.equal(null);
  });

  it("intends each call of the undo before it, marked as ROLLBACK, in one batch with the quarantine", async () => {
    const world = await anAttempt();
    await rollBack(world);
    const batch = world.store.written.find((changes) =>
      changes.some((change) => change.kind === "intent" && change.row.phase === "ROLLBACK"),
    );
    expect(batch?.map(({ kind }) => kind)).to.include.members([
      "room",
      "intentEnded",
      "intent",
      "audit",
    ]);
    const room = batch?.find((change) => change.kind === "room");
    expect(room).to.have.nested.property("row.quarantine.pending").with.length(1);
    expect(room).to.have.nested.property("row.enforced.specVersion", 1);
    const records = await world.store.readAudit({ count: 20, roomId: A_ROOM });
    const kicks = records.filter(({ action }) => action.startsWith("entity.kicked"));
    expect(kicks.map(({ action, metadata }) => [action, metadata["phase"]])).to.deep.equal([
      ["entity.kicked.intended", "ROLLBACK"],
      ["entity.kicked", "ROLLBACK"],
    ]);
    expect(world.intents().filter((intent) => intent.endsWith("open"))).to.deep.equal([]);
  });

  it("goes on correcting drift from what was enforced before, and does not try the new inputs again", async () => {
    const world = await anAttempt();
    await rollBack(world);
    world.forget();
    world.server.change(A_ROOM, (room) => kickEntity(room, "E-1", 1).room);
    const { report } = await world.pass({ trigger: "event" });
    expect(report.outcome.kind).to.equal("converged");
    expect(world.server.writes).to.deep.equal(["join E-1"]);
    expect(await conditionsOf(world)).to.include.members([
      "Ready False Quarantined",
      "Stalled True Quarantined",
    ]);
    const message = (await world.row()).conditions.find(({ type }) => type === "Ready")?.message;
    expect(message).to.include(`POST /apply {"roomId": "${A_ROOM}"}`);
    world.forget();
    const { isChanged } = await world.pass({ trigger: "interval" });
    expect([world.server.writes, isChanged]).to.deep.equal([[], false]);
  });

  it("stays quarantined over a restart", async () => {
    const world = await anAttempt();
    await rollBack(world);
    world.restart();
    world.forget();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
  });

  it("is tried again when a person asks, which the audit tells as a command", async () => {
    const world = await anAttempt();
    await rollBack(world);
    const { report } = await world.pass({ trigger: "apply", actor: "ada", retry: true });
    expect(report.outcome.kind).to.equal("converged");
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2", "E-3", "E-4"]);
    const row = await world.row();
    expect(row.quarantine).to.equal(null);
    expect(row.verified?.digest).to.equal(row.head?.digest);
    const records = await world.store.readAudit({ count: 50, roomId: A_ROOM });
    const retry = records.find(({ action }) => action === "retry");
    expect(retry).to.deep.include({ type: "command" });
    expect(retry?.metadata).to.deep.include({ actor: "ada", quarantined: row.head?.revision });
  });

  it("is quarantined again when the retry is refused too", async () => {
    const world = await anAttempt();
    await rollBack(world);
    world.server.failAt("join", 2, refused(403), 2);
    const { report } = await world.pass({ trigger: "apply", retry: true });
    expect(report.outcome.kind).to.equal("rolledBack");
    expect((await world.row()).quarantine?.specVersion).to.equal(2);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
  });

  it("shows what it would do when a dry run is asked for, and stays quarantined", async () => {
    const world = await anAttempt();
    await rollBack(world);
    const { report } = await world.pass({ trigger: "apply", dryRun: true });
    expect(report.outcome.kind).to.equal("planned");
    expect(report.diff.toJoin).to.deep.equal(["E-2", "E-3", "E-4"]);
    expect((await world.row()).quarantine).to.not.equal(null);
  });

  it("leaves a room that was held to nothing before as it found it, observed only", async () => {
    const world = new PassWorld();
    world.server.change(
      A_ROOM,
      (room) => joinEntity(room, anObservedEntity("E-x") as never, 1).room,
    );
    await world.push({ ...TWO, entities: ["E-x", ...TWO.entities], artifacts: [] });
    world.server.failAt("join", 2, refused(422), 3);
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("rolledBack");
    expect(entitiesIn(world)).to.deep.equal(["E-x"]);
    expect(await world.row()).to.deep.include({ enforced: null, verifiedBefore: false });
    world.server.heal();
    world.forget();
    const next = await world.pass();
    expect(next.report.outcome).to.deep.include({ kind: "waiting", reason: "Quarantined" });
    expect(world.server.calls).to.deep.equal([]);
  });

  it("goes back to what was enforced before its first pass, also when that pass was half done", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, UNREACHABLE, 2);
    expect((await world.pass()).report.outcome.kind).to.equal("partial");
    expect((await world.row()).enforced?.specVersion).to.equal(2);
    world.server.heal();
    world.server.change(A_ROOM, (room) => kickEntity(room, "E-2", 1).room);
    expect((await rollBack(world)).report.outcome.kind).to.equal("rolledBack");
    expect((await world.row()).enforced?.specVersion).to.equal(1);
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
  });

  it("puts overwritten and deleted artifacts back byte for byte, promoted where they were", async () => {
    const world = new PassWorld();
    const notes = { name: "notes", promoteAfterSeed: true };
    await world.verified(
      { version: 1, artifacts: [notes, "plan", "old"] },
      { notes: "notes 1", plan: "plan 1", old: "old 1" },
    );
    const before = world.room();
    const artifacts = [notes, { name: "plan", tags: ["x"] }, "a", "b", "c", "d", "e", "f"];
    await world.push({ version: 2, artifacts }, { notes: "notes 2", plan: "plan 1" });
    await world.confirm(["artifact/old"], true);
    // a to f are new, and refused.
    world.server.failAt("seed", 1, refused(413), 6);
    const { report } = await world.pass();
    expect(report.outcome, JSON.stringify(report.outcome)).to.deep.include({
      kind: "rolledBack",
      notUndone: [],
      pending: 0,
    });
    const byName = (room: typeof before) =>
      room.artifacts.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    expect(byName(world.room())).to.deep.equal(byName(before));
    expect((await world.row()).inventory).to.deep.equal([
      "artifact/notes",
      "artifact/old",
      "artifact/plan",
    ]);
    // The confirmed deletion was done, and was the only one that the confirmation covers.
    expect(world.server.effects).to.include("deleteArtifact old");
    expect(await world.covered()).to.deep.equal([]);
  });

  it("says which content it cannot put back, and why", async () => {
    const world = new PassWorld();
    await world.verified({ version: 1, artifacts: ["notes"] });
    world.server.change(A_ROOM, (room) => ({
      ...room,
      artifacts: room.artifacts.map((one) => ({ ...one, hash: "f".repeat(64) })),
    }));
    await world.push({ version: 2, artifacts: ["notes", "x", "y"] }, { notes: "two" });
    world.server.failAt("seed", 2, refused(400), 2);
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "rolledBack" });
    expect((await world.row()).quarantine?.notUndone).to.have.length(1);
    expect((await world.row()).quarantine?.notUndone[0]).to.deep.include({
      action: "seed",
      item: "artifact/notes",
      reason: "ContentNotHeld",
    });
    // What was enforced before brings its own content.
    expect(await world.converge()).to.deep.equal(["converged"]);
  });

  it("takes back updates, kicks and policies", async () => {
    const world = new PassWorld();
    const old = { id: "E-1", displayName: "Old", capabilities: ["text.write"] };
    const policies = { dmVisibilityDefault: "owner" };
    await world.verified({ version: 1, entities: [old, "E-gone"], policies });
    const before = world.room();
    const keeps = (await world.row()).keepsDmVisibility;
    await world.push({ version: 2, entities: ["E-1"], artifacts: ["a", "b", "c", "d"] });
    await world.confirm(["entity/E-gone", "policy/dmVisibilityDefault"], true);
    world.server.failAt("seed", 1, refused(403), 4);
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("rolledBack");
    expect(world.server.effects.slice(-5)).to.deep.equal([
      "setPolicy dmVisibilityDefault",
      "setPolicy dmVisibilityDefault",
      "join E-gone",
      "kick E-1",
      "join E-1",
    ]);
    expect(world.room().entities).to.have.deep.members([...before.entities]);
    expect(world.room().policies).to.deep.equal(before.policies);
    expect((await world.row()).keepsDmVisibility).to.equal(keeps);
  });
});
