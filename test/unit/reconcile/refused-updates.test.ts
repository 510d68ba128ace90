import { expect } from "chai";
import { MOST_REFUSED_UPDATES } from "../../../agent/room/refused-update.ts";
import { attentionOf } from "../../../agent/status/attention.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";
import { ada, aRefusedUpdate, nameOf, ONE, refuseNames, rename, TWO } from "./a-refused-update.ts";

describe("an update that was refused and whose old attributes were joined back", () => {
  it("is not sent again by passes over the same inputs, and is reported as if it were", async () => {
    const world = await aRefusedUpdate();
    const before = await world.row();
    const audit = await world.audit();
    for (const trigger of ["interval", "event", "git"] as const) {
      const { report, requeue } = await world.pass({ trigger });
      expect(report.outcome.kind).to.be.oneOf(["failed", "stalled"]);
      expect(requeue.kind).to.equal("backoff");
      expect("message" in report.outcome && report.outcome.message).to.include("not v2");
      expect(report.diff.toUpdate).to.deep.equal(["E-1"]);
    }
    expect(world.server.writes).to.deep.equal([]);
    expect((await world.audit()).slice(audit.length)).to.deep.equal(["room.failed stalled"]);
    const after = await world.row();
    expect(after.cyclesSinceConverged).to.equal(before.cyclesSinceConverged + 3);
    expect(after.appliedRevision).to.equal(before.appliedRevision);
    expect(after.refusedUpdates).to.deep.equal(before.refusedUpdates);
    expect(attentionOf(after)?.reason).to.equal(attentionOf(before)?.reason);
  });

  it("says in the first pass and in later ones how a person has it tried again", async () => {
    const world = await aRefusedUpdate({ convergence: { enabled: false, maxCycles: 3 } });
    const first = attentionOf(await world.row())?.message ?? "";
    await world.pass();
    expect(attentionOf(await world.row())?.message).to.equal(first);
    expect(first).to.equal(
      "1 of 1 actions failed: replace entity/E-1: its old attributes were joined back: not v2; " +
        "an entity that has older attributes instead is updated again after an hour; at once: " +
        "change the room's spec or seeds, or send POST /apply " +
        `{"roomId": "${A_ROOM}"} to try the same again`,
    );
  });

  it("is not sent again where the read after it fails", async () => {
    const world = new PassWorld();
    await world.verified(ONE);
    refuseNames(world, "v2");
    await world.push(TWO);
    world.server.failAt("readState", 2, UNREACHABLE);
    await world.pass();
    expect(nameOf(world)).to.equal("v1");
    world.forget();
    const { report } = await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    expect("message" in report.outcome && report.outcome.message).to.include("not v2");
  });

  it("is not sent again where the agent stops after it", async () => {
    const world = new PassWorld();
    await world.verified(ONE);
    refuseNames(world, "v2");
    await world.push({ ...TWO, entities: [...TWO.entities, "E-3"] });
    await world.pass({}, { stopping: () => world.server.writes.length >= 3 });
    expect(world.server.writes).to.deep.equal(["kick E-1", "join E-1", "join E-1"]);
    world.restart();
    world.forget();
    await world.pass();
    expect(world.server.writes).to.deep.equal(["join E-3"]);
  });

  it("is not sent again after a restart", async () => {
    const world = await aRefusedUpdate();
    world.restart();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
  });

  it("is sent again where the inputs change, if only elsewhere", async () => {
    const world = await aRefusedUpdate();
    await world.push({ ...TWO, version: 3, entities: [ada("v2"), "E-2", "E-3"] });
    await world.pass();
    expect(world.server.writes).to.include("kick E-1");
    world.forget();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
  });

  it("is sent again where its inputs come back after others were enforced", async () => {
    const world = await aRefusedUpdate();
    await world.push({ ...ONE, version: 3 });
    await world.pass();
    expect((await world.row()).refusedUpdates).to.deep.equal([]);
    await world.push({ ...TWO }, {}, { versionConfirmed: null });
    await world.change({ versionConfirmed: (await world.row()).head?.digest ?? null });
    world.forget();
    await world.pass();
    expect(world.server.writes).to.include("kick E-1");
  });

  it("is sent again at a person's request, which is audited, and not after that", async () => {
    const world = await aRefusedUpdate();
    await world.pass({ trigger: "apply", retry: true, actor: "Ada" });
    expect(world.server.writes).to.deep.equal(["kick E-1", "join E-1", "join E-1"]);
    const records = await world.store.readAudit({ count: 1000, roomId: A_ROOM });
    const retries = records.filter(({ action }) => action === "retry");
    expect(retries).to.have.length(1);
    expect(retries[0]?.metadata).to.include({ actor: "Ada", refusedUpdates: 1 });
    world.forget();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    refuseNames(world);
    await world.pass();
    expect(nameOf(world)).to.equal("v1");
    await world.pass({ trigger: "apply", retry: true });
    expect(nameOf(world)).to.equal("v2");
    expect((await world.row()).refusedUpdates).to.deep.equal([]);
  });

  it("is sent again an hour later, as what refuses it may be repaired, and then after another hour", async () => {
    const world = await aRefusedUpdate();
    await world.clock.advance(3_590_000);
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    await world.clock.advance(20_000);
    await world.pass();
    expect(world.server.writes).to.deep.equal(["kick E-1", "join E-1", "join E-1"]);
    world.forget();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    refuseNames(world);
    await world.clock.advance(3_610_000);
    await world.pass();
    expect(nameOf(world)).to.equal("v2");
  });

  it("is sent again by a confirmed request, and not by a dry run", async () => {
    const world = await aRefusedUpdate();
    await world.pass({ trigger: "apply", dryRun: true });
    expect(world.server.writes).to.deep.equal([]);
    await world.pass({ trigger: "apply", retry: true, confirm: true });
    expect(world.server.writes).to.deep.equal(["kick E-1", "join E-1", "join E-1"]);
  });

  it("is planned by what is seen where somebody else changed the entity", async () => {
    const world = await aRefusedUpdate();
    rename(world, "other");
    await world.pass();
    expect(world.server.writes).to.deep.equal(["kick E-1", "join E-1", "join E-1"]);
    expect(nameOf(world)).to.equal("other");
    rename(world, "v1");
    world.forget();
    await world.pass();
    expect(world.server.writes, "what was refused before was void").to.include("kick E-1");
  });

  it("converges where somebody else made the entity what the spec says", async () => {
    const world = await aRefusedUpdate();
    rename(world, "v2");
    expect((await world.pass()).report.outcome.kind).to.equal("converged");
    expect((await world.row()).refusedUpdates).to.deep.equal([]);
  });

  it("does not keep other actions from being sent, and holds what a refused addition holds", async () => {
    const world = await aRefusedUpdate();
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: room.entities.filter(({ id }) => id !== "E-2"),
    }));
    const { report } = await world.pass();
    expect(world.server.writes).to.deep.equal(["join E-2"]);
    expect(report.outcome).to.deep.include({ kind: "partial", reason: "ActionsFailed" });
    expect(report.outcome).to.have.property("isRefused", true);
    expect("message" in report.outcome && report.outcome.message).to.include(
      "1 of 2 actions failed: replace entity/E-1",
    );
    expect((await world.row()).appliedRevision).to.not.equal((await world.row()).head?.revision);
    world.forget();
    await world.push({ ...TWO, version: 3, entities: [ada("v2")] });
    await world.pass();
    world.forget();
    const again = await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    expect(again.report.refusals.map(({ reason }) => reason)).to.include("HeldByFailedAddition");
  });

  it("is drift that is not corrected, whatever else is", async () => {
    const world = new PassWorld();
    await world.verified(ONE);
    refuseNames(world, "v1");
    rename(world, "other");
    await world.pass({ trigger: "event" });
    world.forget();
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: room.entities.filter(({ id }) => id !== "E-2"),
    }));
    await world.pass({ trigger: "event" });
    expect(world.server.writes).to.deep.equal(["join E-2"]);
    const records = await world.store.readAudit({ count: 1000, roomId: A_ROOM });
    const drifts = records.filter(({ action }) => action === "room.drifted");
    expect(drifts.map(({ metadata }) => metadata["corrected"])).to.deep.equal([false, false]);
  });

  it("does not count for a rollback, as nothing of it was answered", async () => {
    const world = await aRefusedUpdate();
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: room.entities.filter(({ id }) => id !== "E-2"),
    }));
    world.options = { ...world.options, rollback: { mode: "on-critical", failureRatio: 0.1 } };
    world.restart(world.options);
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("partial");
    expect(world.room().entities.map(({ id }) => id)).to.include("E-2");
  });

  it("is tried again where its answer was no terminal one", async () => {
    const world = new PassWorld();
    await world.verified(ONE);
    await world.push(TWO);
    const message = "a page";
    world.server.failAt("join", 1, { kind: "wrongProtocol", message });
    await world.pass();
    expect(nameOf(world)).to.equal("v1");
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(nameOf(world)).to.equal("v2");
  });
});

describe("refused updates of a room", () => {
  it("are so many at most, after which no other is sent", async () => {
    const world = new PassWorld();
    const ids = Array.from({ length: MOST_REFUSED_UPDATES + 5 }, (_, at) => `E-${at + 10}`);
    const of = (displayName: string) => ids.map((id) => ({ id, displayName }));
    await world.verified({ entities: of("v1") });
    refuseNames(world, "v2");
    await world.push({ version: 2, entities: of("v2") });
    await world.pass();
    const kicks = () => world.server.writes.filter((write) => write.startsWith("kick")).length;
    expect(kicks()).to.equal(MOST_REFUSED_UPDATES);
    const { refusedUpdates = [] } = await world.row();
    expect(refusedUpdates).to.have.length(MOST_REFUSED_UPDATES);
    expect(refusedUpdates.filter(({ message }) => message !== undefined)).to.have.length(10);
    expect(JSON.stringify(refusedUpdates).length).to.be.below(200 * MOST_REFUSED_UPDATES);
    world.forget();
    const { report } = await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    expect("message" in report.outcome && report.outcome.message).to.include(
      `${ids.length} of ${ids.length} actions failed`,
    );
  });
});

describe("what is enforced while the newest inputs are quarantined", () => {
  it("does not repeat an update that was refused", async () => {
    const world = await aRefusedUpdate();
    await world.push({ version: 3, entities: [ada("v2"), "E-2", "E-3", "E-4"] });
    world.server.refuse = ({ id, displayName }) =>
      displayName === "v2" || id === "E-4" ? { kind: "refused", status: 400, message: "no" } : null;
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("rolledBack");
    world.forget();
    await world.pass();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    expect(nameOf(world)).to.equal("v1");
  });

  it("does not repeat what the rollback itself could not put back", async () => {
    const world = new PassWorld();
    await world.verified(ONE);
    const named = (name: string) => ({ entities: [ada(name), "E-2", "E-3", "E-4"] });
    await world.push({ version: 2, ...named("v2") });
    // What was accepted once is refused by the time it is to be put back.
    world.server.refuse = ({ id, displayName }) =>
      displayName === "v1" || id !== "E-1" ? { kind: "refused", status: 400, message: "no" } : null;
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("rolledBack");
    expect(nameOf(world)).to.equal("v2");
    world.forget();
    await world.pass();
    await world.pass();
    expect(world.server.writes).to.deep.equal([]);
    expect(nameOf(world)).to.equal("v2");
  });
});
