import { expect } from "chai";
import { ObserveOnly } from "../../../agent/reconcile/observe-only.ts";
import type { ObserveOnlyRow } from "../../../agent/room/rows.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";
import { rejection } from "../../support/rejection.ts";

const ROW: ObserveOnlyRow = {
  since: "2026-01-01T00:00:00.000Z",
  reason: "StoreDamaged",
  message: "a row is not JSON",
  file: "/data/store.db.damaged-20260101T000000.000Z",
};

/** A world whose agent was started on a store that was begun because the one before was damaged. */
async function observing(): Promise<PassWorld> {
  const world = new PassWorld();
  await world.store.write([{ kind: "observeOnly", row: ROW }]);
  world.observeOnly = new ObserveOnly(world.store, await world.store.readObserveOnly());
  world.restart();
  return world;
}

describe("a pass while the agent is observe-only", () => {
  it("ends after PRE_CHECKS with the plan, sends nothing and intends nothing", async () => {
    const world = await observing();
    await world.push({ entities: [{ id: "E-01" }] });
    const { report, requeue, row } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "observed", reason: "ObserveOnly" });
    expect(report.phase).to.equal("PRE_CHECKS");
    expect(report.diff.toJoin).to.deep.equal(["E-01"]);
    expect(requeue).to.deep.equal({ kind: "interval" });
    expect(row.conditions.map(({ type, reason }) => `${type} ${reason}`)).to.deep.equal([
      "Ready ObserveOnly",
      "AwaitingConfirm ObserveOnly",
    ]);
    expect(world.server.effects).to.deep.equal([]);
    expect(world.intents()).to.deep.equal([]);
    expect(await world.audit()).to.deep.equal(["room.planned waiting"]);
    await world.pass();
    expect(await world.audit(), "told once").to.have.length(1);
  });

  it("keeps no confirmation and enforces nothing newer meanwhile", async () => {
    const world = await observing();
    await world.push({ entities: [{ id: "E-01" }] });
    await world.pass();
    expect((await world.row()).enforced).to.equal(null);
    expect(await world.covered()).to.deep.equal([]);
  });

  it("is a dry run as ever when one is asked for, also with a confirmation", async () => {
    const world = await observing();
    await world.push({ entities: [{ id: "E-01" }] });
    const { report } = await world.pass({ confirm: true, dryRun: true });
    expect(report.outcome.kind).to.equal("planned");
    expect(world.observeOnly.state?.released).to.deep.equal([]);
  });

  it("with X-Confirm lets go of this room alone, for good", async () => {
    const world = await observing();
    await world.push({ entities: [{ id: "E-01" }] });
    const { report } = await world.pass({ confirm: true });
    expect(report.outcome.kind).to.equal("converged");
    expect((await world.store.readObserveOnly())?.released).to.deep.equal([A_ROOM]);
    expect(world.observeOnly.closedFor({ roomId: A_ROOM })).to.equal(null);
    expect(world.observeOnly.closedFor({ roomId: "room-other" })?.message)
      .to.include("room-other")
      .and.include("acknowledge");
  });

  it("sends nothing when letting go could not be written down", async () => {
    const world = await observing();
    await world.push({ entities: [{ id: "E-01" }] });
    world.store.failWrites();
    expect(await rejection(world.pass({ confirm: true }))).to.include({ code: "StoreUnavailable" });
    expect(world.server.effects).to.deep.equal([]);
    expect(world.observeOnly.closedFor({ roomId: A_ROOM }), "and it is still held").to.not.equal(
      null,
    );
  });
});
