import { expect } from "chai";
import { anObservedEntity } from "../../../support/a-room-state.ts";
import { A_ROOM } from "../../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../../support/fake-room-server.ts";
import { PassWorld } from "../../../support/pass-world.ts";
import { UNAUTHORIZED, anAttempt, conditionsOf, entitiesIn, refused } from "../rolled-back.ts";
import { joinEntity, kickEntity } from "../../../../devserver/room.ts";

describe("an undo", () => {
  it("says what was refused to be taken back", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    world.server.failAt("kick", 1, refused(403));
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "rolledBack", pending: 0 });
    expect((await world.row()).quarantine?.notUndone).to.deep.equal([
      { action: "join", item: "entity/E-2", reason: "Refused", message: "no" },
    ]);
    // What is enforced now does not name it.
    world.server.heal();
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
  });

  it("that the server does not answer goes on in a later pass", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    world.server.failAt("kick", 1, UNREACHABLE);
    const { report, requeue } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "rolledBack", pending: 1 });
    expect(requeue).to.deep.equal({ kind: "backoff", atLeastMs: 0 });
    expect(await conditionsOf(world)).to.include("Stalled True RolledBack");
    const next = await world.pass();
    expect(next.report.outcome).to.deep.include({ kind: "rolledBack", pending: 0 });
    const records = await world.store.readAudit({ count: 50, roomId: A_ROOM });
    const kicks = records.filter(({ action }) => action === "entity.kicked.intended");
    expect(kicks.map(({ metadata }) => metadata["undoes"])).to.deep.equal([
      report.correlationId,
      report.correlationId,
    ]);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
    expect((await world.row()).quarantine?.undone).to.deep.equal([
      { action: "join", item: "entity/E-2" },
    ]);
  });

  it("stops for a refused token and goes on when there is a good one", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    world.server.failAt("kick", 1, UNAUTHORIZED);
    expect((await world.pass()).report.outcome).to.deep.include({ kind: "rolledBack", pending: 1 });
    expect(await world.converge()).to.deep.equal(["rolledBack", "converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
  });

  it("does not take away what somebody else put in place of a change", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    world.server.failAt("kick", 1, UNREACHABLE);
    await world.pass();
    const other = { ...anObservedEntity("E-2"), displayName: "Somebody's" };
    world.server.change(
      A_ROOM,
      (room) => joinEntity(kickEntity(room, "E-2", 1).room, other as never, 1).room,
    );
    world.forget();
    expect((await world.pass()).report.outcome).to.deep.include({ kind: "rolledBack", pending: 0 });
    expect(world.server.writes).to.deep.equal([]);
    expect((await world.row()).quarantine?.notUndone[0]).to.deep.include({
      reason: "ChangedSince",
    });
  });

  it("gives way to a newer revision that came in meanwhile, and puts back nothing that one removed", async () => {
    const world = new PassWorld();
    await world.verified({ version: 1, entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: ["E-1"], artifacts: ["a", "b", "c"] });
    await world.confirm(["entity/E-2"], true);
    world.server.failAt("seed", 1, refused(403), 3);
    // The newest spec names neither; it is written down when APPLY is over, before its pass is asked for.
    const three = await world.inputs({ version: 3, entities: ["E-1"] });
    let reads = 0;
    world.server.before = async ({ operation }) => {
      reads += Number(operation === "readState");
      if (reads === 2) await world.change({ head: three, observedRevision: three.revision });
    };
    const { report } = await world.pass();
    expect(report.outcome.kind).to.equal("superseded");
    expect(await world.row()).to.deep.include({ quarantine: null });
    world.server.before = () => undefined;
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(world.server.effects.filter((effect) => effect.endsWith("E-2")).slice(-1)).to.deep.equal(
      ["kick E-2"],
    );
    expect((await world.row()).verified?.specVersion).to.equal(3);
  });

  it("joins an entity back that an update lost half way", async () => {
    const world = new PassWorld();
    const old = { id: "E-1", displayName: "Old" };
    await world.verified({ version: 1, entities: [old] });
    const before = world.room().entities;
    await world.push({ version: 2, entities: ["E-1"], artifacts: ["a"], resources: ["b", "c"] });
    // The new attributes are refused, and then the old ones too.
    world.server.failAt("join", 1, refused(422), 2);
    world.server.failAt("ensureResource", 1, refused(422), 2);
    expect((await world.pass()).report.outcome).to.deep.include({ kind: "rolledBack" });
    expect(world.room().entities).to.deep.equal(before);
    expect((await world.row()).quarantine?.undone).to.deep.equal([
      { action: "seed", item: "artifact/a" },
      { action: "replace", item: "entity/E-1" },
    ]);
  });

  it("takes what the server does not tell of an entity from the spec that was enforced, and invents nothing", async () => {
    const world = new PassWorld();
    const careful = { id: "E-careful", policy: { sandbox_mode: true, scopes: ["net:*"] } };
    await world.verified({ version: 1, entities: [careful] });
    const before = world.room().entities;
    world.server.change(
      A_ROOM,
      (room) => joinEntity(room, anObservedEntity("E-stranger") as never, 1).room,
    );
    world.server.view = (room) => ({
      ...room,
      entities: room.entities.map(({ policy: _policy, ...rest }) => rest),
    });
    await world.push({ version: 2, artifacts: ["a"], resources: ["b", "c", "d", "e"] });
    await world.confirm(["entity/E-careful", "entity/E-stranger"], true);
    world.server.failAt("ensureResource", 1, refused(403), 4);
    expect((await world.pass()).report.outcome).to.deep.include({ kind: "rolledBack" });
    expect(world.room().entities).to.deep.equal(before);
    expect((await world.row()).quarantine?.notUndone[0]).to.deep.include({
      action: "kick",
      item: "entity/E-stranger",
      reason: "PreviousUnknown",
    });
  });

  it("stops at the next safe point when the agent stops, and the next start goes on", async () => {
    const world = new PassWorld();
    await world.verified({ version: 1 });
    await world.push({ version: 2, entities: ["E-1", "E-2"], artifacts: ["a", "b", "c"] });
    world.server.failAt("seed", 1, refused(403), 3);
    let kicks = 0;
    world.server.after = ({ operation }) => {
      kicks += Number(operation === "kick");
    };
    const { report } = await world.pass({}, { stopping: () => kicks > 0 });
    expect(report.outcome).to.deep.include({ kind: "rolledBack", pending: 1 });
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
    world.restart();
    expect((await world.pass()).report.outcome).to.deep.include({ kind: "rolledBack", pending: 0 });
    expect(entitiesIn(world)).to.deep.equal([]);
    expect(await world.row()).to.deep.include({ inventory: [] });
  });

  it("that was cut off is left to what is enforced when Mode is off by then", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    world.server.failAt("kick", 1, UNREACHABLE);
    await world.pass();
    world.restart({ rollback: { mode: "off", failureRatio: 0.5 } });
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
    expect((await world.row()).quarantine).to.not.equal(null);
  });

  it("that was cut off is not gone on with when a person asks for a retry", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    world.server.failAt("kick", 1, UNREACHABLE);
    await world.pass();
    world.forget();
    const { report } = await world.pass({ trigger: "apply", retry: true });
    expect(report.outcome.kind).to.equal("converged");
    expect(world.server.writes).to.deep.equal(["join E-3", "join E-4"]);
  });
});
