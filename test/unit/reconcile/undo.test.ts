import { expect } from "chai";
import { anObservedEntity } from "../../support/a-room-state.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";
import {
  UNAUTHORIZED,
  anAttempt,
  conditionsOf,
  entitiesIn,
  refused,
} from "../../support/rolled-back.ts";
import { joinEntity, kickEntity } from "../../../devserver/room.ts";

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
    expect(await conditionsOf(world)).to.include("Reconciling True RolledBack");
    const next = await world.pass();
    expect(next.report.outcome).to.deep.include({ kind: "rolledBack", pending: 0 });
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
});
