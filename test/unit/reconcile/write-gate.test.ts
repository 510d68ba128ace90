import { expect } from "chai";
import type { ClosedGate } from "../../../agent/room/write-gate.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld } from "../../support/pass-world.ts";
import { anAttempt, entitiesIn, refused } from "./rolled-back.ts";

const CLOSED: ClosedGate = {
  guardrail: "test",
  reason: "ObserveOnly",
  message: "closed by a test",
  condition: "Stalled",
  confirmable: false,
};

/** Closes the gate of the world while `isClosed` says so. */
function close(world: PassWorld, isClosed: () => boolean = () => true): void {
  world.gates = [{ closedFor: () => (isClosed() ? CLOSED : null) }];
}

const reasonsOf = async (world: PassWorld) =>
  (await world.row()).conditions.map(({ type, reason }) => `${type} ${reason}`);

describe("a closed gate", () => {
  it("keeps the whole plan from being sent, and publishes it", async () => {
    const world = new PassWorld();
    close(world);
    await world.push({ entities: ["E-1", "E-2"] });
    const { report, requeue, row } = await world.pass({ confirm: true });
    expect(report.outcome).to.deep.include({ kind: "observed", reason: "ObserveOnly" });
    expect(row.pendingDiff?.toJoin).to.deep.equal(["E-1", "E-2"]);
    expect(requeue).to.deep.equal({ kind: "interval" });
    expect(await reasonsOf(world)).to.deep.equal(["Ready ObserveOnly", "Stalled ObserveOnly"]);
    expect([world.server.effects, world.intents()]).to.deep.equal([[], []]);
    world.gates = [];
    expect(await world.converge()).to.deep.equal(["converged"]);
  });

  it("shows as a condition of a room that has nothing to do", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1"] });
    close(world);
    await world.pass();
    expect(await reasonsOf(world)).to.deep.equal(["Ready Converged", "Stalled ObserveOnly"]);
    world.gates = [];
    await world.pass();
    expect(await reasonsOf(world)).to.deep.equal(["Ready Converged"]);
  });

  it("stops a pass after the action under way, and what was done counts", async () => {
    const world = new PassWorld();
    close(world, () => world.server.effects.length > 0);
    await world.push({ entities: ["E-1", "E-2", "E-3"] });
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "observed", reason: "ObserveOnly" });
    expect(await world.ends()).to.deep.equal([
      "entity/E-1 done",
      "entity/E-2 abandoned ObserveOnly",
      "entity/E-3 abandoned ObserveOnly",
    ]);
    expect((await world.row()).inventory).to.deep.equal(["entity/E-1"]);
    world.gates = [];
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2", "E-3"]);
  });

  it("lets no undo begin after a pass that it stopped", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    close(world, () => world.server.effects.length > 0);
    await world.pass();
    expect((await world.row()).quarantine).to.equal(null);
  });

  it("keeps an open undo waiting, and lets it go on once it is open", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    world.server.failAt("kick", 1, UNREACHABLE);
    await world.pass();
    const before = entitiesIn(world);
    close(world);
    world.forget();
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "observed", reason: "ObserveOnly" });
    expect([world.server.effects, entitiesIn(world)]).to.deep.equal([[], before]);
    expect((await world.row()).quarantine?.pending).to.have.length(1);
    world.gates = [];
    expect(await world.converge()).to.deep.equal(["rolledBack", "converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
  });

  it("stops an undo between two steps", async () => {
    const world = await anAttempt();
    world.server.failAt("join", 2, refused(403), 2);
    let isClosed = false;
    close(world, () => isClosed);
    world.server.failAt("kick", 1, UNREACHABLE);
    await world.pass();
    isClosed = true;
    await world.pass();
    expect((await world.row()).quarantine?.pending).to.have.length(1);
  });
});
