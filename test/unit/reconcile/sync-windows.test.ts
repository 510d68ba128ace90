import { expect } from "chai";
import { suspendedGate } from "../../../agent/room/suspension.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { aWindow, someWindows } from "../../support/a-window.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld, STALE_MS } from "../../support/pass-world.ts";
import { entitiesIn } from "./rolled-back.ts";

const HOUR = 3_600_000;
const NEXT = "2026-01-01T13:00:00.000Z";

/** Closed from noon to one; the clock stands at midnight. */
const aWorld = () => new PassWorld({ windows: someWindows(aWindow()) });

const told = async (world: PassWorld) =>
  (await world.row()).conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);

/** A room at its first spec, a second one pushed, and the window closed. */
async function closed(): Promise<PassWorld> {
  const world = aWorld();
  await world.verified({ entities: ["E-1"] });
  await world.clock.advance(12 * HOUR);
  await world.push({ version: 2, entities: ["E-1", "E-2"] });
  return world;
}

describe("a closed sync window", () => {
  it("refuses a new spec until it is over, with the time at which it is applied", async () => {
    const world = await closed();
    for (const trigger of ["git", "interval", "event"] as const) {
      const { report, requeue } = await world.pass({ trigger });
      expect(report.outcome.kind).to.equal("refused");
      expect(report.refusals.map(({ nextAllowedAt }) => nextAllowedAt)).to.deep.equal([NEXT]);
      expect(requeue).to.deep.equal({ kind: "interval" });
    }
    expect(world.server.effects).to.deep.equal([]);
    expect(await told(world)).to.deep.equal(["Ready False SyncWindowClosed"]);
    const { pendingDiff, refusals, lastOutcome } = await world.row();
    expect([pendingDiff?.toJoin, lastOutcome]).to.deep.equal([["E-2"], "refused"]);
    expect(refusals[0]?.message).to.include(`applied by itself at ${NEXT}`);
    // Once when it begins, not in each pass.
    expect((await world.audit()).filter((one) => one.startsWith("room.refused"))).to.have.length(1);
    await world.clock.advance(HOUR);
    expect((await world.pass({ trigger: "interval" })).report.outcome.kind).to.equal("converged");
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2"]);
    expect((await world.audit()).at(-1)).to.match(/^room.converged/);
  });

  it("corrects drift of the spec accepted last meanwhile, towards that spec", async () => {
    const world = await closed();
    await world.pass();
    await world.clock.advance(STALE_MS);
    world.server.change(A_ROOM, (room) => ({ ...room, entities: [] }));
    const { report } = await world.pass({ trigger: "interval" });
    expect(report.outcome.kind).to.equal("refused");
    expect(entitiesIn(world)).to.deep.equal(["E-1"]);
  });

  it("accepts no new spec that changes nothing either, and the spec accepted last without a question", async () => {
    const world = await closed();
    world.server.change(A_ROOM, (room) => ({
      ...room,
      entities: [...room.entities, anEntity("E-2")],
    }));
    expect((await world.pass({ trigger: "interval" })).report.outcome.kind).to.equal("refused");
    await world.push({ entities: ["E-1"] });
    await world.pass({ trigger: "git", confirm: true });
    expect(await told(world)).to.deep.equal(["Ready True Converged"]);
  });

  it("writes nothing to a room of which no spec was accepted yet", async () => {
    const world = aWorld();
    await world.clock.advance(12 * HOUR);
    await world.push({ entities: ["E-1"] });
    for (const trigger of ["git", "apply"] as const)
      expect((await world.pass({ trigger, confirm: true })).report.outcome.kind).to.equal(
        "refused",
      );
    expect(world.server.effects).to.deep.equal([]);
    await world.clock.advance(HOUR);
    await world.converge();
  });

  it("is opened by no request, and says that the spec comes by itself", async () => {
    const world = await closed();
    for (const asked of [{}, { confirm: true }, { retry: true }] as const) {
      const { report } = await world.pass({ trigger: "apply", ...asked });
      expect(report.outcome.kind).to.equal("refused");
      expect(report.refusals.map(({ reason }) => reason)).to.deep.equal(["SyncWindowClosed"]);
    }
    expect(world.server.effects).to.deep.equal([]);
  });

  it("is overridden for the very inputs that a commit named, and for no others", async () => {
    const world = await closed();
    const { head } = await world.row();
    const override = { commit: "c1", actor: "Ada", reason: "now" };
    await world.change({ windowOverride: { digest: "others", ...override } });
    expect((await world.pass()).report.outcome.kind).to.equal("refused");
    await world.change({ windowOverride: { digest: head?.digest ?? "", ...override } });
    expect((await world.pass()).report.outcome.kind).to.equal("converged");
    await world.push({ version: 3, entities: ["E-1"] });
    expect((await world.pass()).report.outcome.kind).to.equal("refused");
  });

  it("plans a dry run, and shows in it that the window is closed", async () => {
    const world = await closed();
    const { report } = await world.pass({ trigger: "apply", dryRun: true });
    expect(report.outcome.kind).to.equal("planned");
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal(["SyncWindowClosed"]);
    await world.change({ dryRun: { commit: "c1" } });
    expect((await world.pass()).report.outcome.kind).to.equal("planned");
    expect(await told(world)).to.deep.equal(["Ready False DryRun"]);
  });

  it("lets a pass that began before it end, and the rest of it follow", async () => {
    const world = aWorld();
    await world.verified({ entities: ["E-1"] });
    await world.clock.advance(12 * HOUR - 1);
    world.server.failAt("join", 2, UNREACHABLE);
    await world.push({ version: 2, entities: ["E-1", "E-2", "E-3"] });
    await world.pass();
    await world.clock.advance(HOUR / 2);
    await world.converge();
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2", "E-3"]);
  });

  it("a suspended room and a room that is observed only come first", async () => {
    const world = await closed();
    const suspension = {
      scope: { kind: "room", roomId: A_ROOM },
      reason: "move",
      by: "Ada",
      correlationId: "s1",
      since: NEXT,
      until: null,
    } as const;
    world.gates = [{ closedFor: () => suspendedGate([suspension]) }];
    const { report } = await world.pass();
    expect(report.outcome).to.deep.include({ kind: "observed", reason: "Suspended" });
    expect(report.refusals.map(({ reason }) => reason)).to.deep.equal(["SyncWindowClosed"]);
    world.gates = [];
    expect((await world.pass()).report.outcome.kind).to.equal("refused");
  });
});
