import { expect } from "chai";
import type { DriftRules } from "../../../agent/config/config.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { entityIds } from "../../support/spec-yaml.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld, STALE_MS } from "../../support/pass-world.ts";
import { entitiesIn } from "../../support/rolled-back.ts";

const REPORT = { "room-operator/drift": "report" };
const OFF = { "room-operator/drift": "off" };

function aWorld(rules: Partial<DriftRules> = {}): PassWorld {
  return new PassWorld({ driftOf: () => ({ policy: "correct", ignore: [], ...rules }) });
}

/** Somebody else makes these the room's entities. */
async function drift(world: PassWorld, ...ids: readonly string[]): Promise<void> {
  await world.clock.advance(STALE_MS);
  world.server.change(A_ROOM, (room) => ({
    ...room,
    entities: ids.map((id) => room.entities.find((one) => one.id === id) ?? anEntity(id)),
  }));
}

const told = async (world: PassWorld) =>
  (await world.row()).conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);

describe("a drift policy", () => {
  it("report: tells of the drift once, writes nothing, and a request corrects it", async () => {
    const world = aWorld();
    await world.verified({ annotations: REPORT, entities: ["E-1", "E-2"] });
    await drift(world, "E-1", "E-x");
    for (const trigger of ["interval", "event", "git", "interval"] as const) {
      const { report, requeue } = await world.pass({ trigger });
      expect(report.outcome).to.deep.include({ kind: "observed", reason: "DriftReported" });
      expect(requeue).to.deep.equal({ kind: "interval" });
    }
    expect(await told(world)).to.deep.equal([
      "Ready False DriftReported",
      "Drifted True DriftReported",
    ]);
    const { pendingDiff, refusals, conditions } = await world.row();
    expect([pendingDiff?.toJoin, pendingDiff?.toKick]).to.deep.equal([["E-2"], ["E-x"]]);
    expect(pendingDiff?.items[0]).to.deep.include({ action: "join", before: null });
    expect(refusals).to.deep.equal([]);
    expect(conditions[0]?.message).to.match(
      /policy is report \(the spec's annotation.*POST \/apply/,
    );
    const audit = await world.audit();
    expect(audit.filter((action) => action === "room.drifted")).to.have.length(1);
    expect(world.metrics.told).to.include("drift kick");
    expect([world.server.effects, world.metrics.told.join().includes("refused")]).to.deep.equal([
      [],
      false,
    ]);
    expect((await world.pass({ trigger: "apply" })).report.outcome.kind).to.equal("converged");
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2"]);
    expect(await told(world)).to.deep.equal(["Ready True Converged"]);
  });

  it("report: refuses no removals, and a request has to confirm them as ever", async () => {
    const world = aWorld({ policy: "report" });
    await world.verified({ entities: ["E-1", "E-2"] });
    await drift(world, "E-1", "E-2", ...entityIds(7));
    await world.pass({ trigger: "interval" });
    expect(await told(world)).to.deep.equal([
      "Ready False DriftReported",
      "Drifted True DriftReported",
    ]);
    expect((await world.row()).conditions[0]?.message).to.include("Drift.Policy of its source");
    expect((await world.pass({ trigger: "apply" })).report.outcome.kind).to.equal("refused");
    expect((await world.pass({ trigger: "apply", confirm: true })).report.outcome.kind).to.equal(
      "batch",
    );
    // The rest of what was confirmed follows by itself.
    expect(await world.converge(2, { trigger: "interval" })).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2"]);
  });

  it("report: a commit that changes the spec is carried out, and one that goes back to it as well", async () => {
    const world = aWorld({ policy: "report" });
    await world.verified({ entities: ["E-1", "E-2"] });
    await drift(world, "E-1");
    await world.pass({ trigger: "interval" });
    // Half of it fails, and the next commit is the old spec again: what differs is the agent's own doing.
    world.server.failAt("join", 2, UNREACHABLE, 1);
    await world.push({ version: 2, entities: ["E-1", "E-3", "E-4"] });
    await world.pass();
    await world.push({ entities: ["E-1", "E-2"] });
    expect(await world.converge()).to.include("converged");
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2"]);
  });

  it("off: looks at nothing, says so, and a request or a commit corrects it", async () => {
    const world = aWorld({ policy: "report" });
    await world.verified({ annotations: OFF, entities: ["E-1", "E-2"] });
    const before = (await world.audit()).length;
    await drift(world, "E-1");
    const { report, drift: found } = await world.pass({ trigger: "interval" });
    expect([report.outcome.kind, found]).to.deep.equal(["converged", null]);
    expect(await told(world)).to.deep.equal(["Ready True Converged"]);
    const { warnings, pendingDiff, conditions } = await world.row();
    expect(conditions[0]?.message).to.include("drift is not looked at (policy off)");
    expect(warnings.map(({ reason }) => reason)).to.deep.equal(["DriftOff"]);
    expect([pendingDiff, world.server.effects]).to.deep.equal([null, []]);
    expect((await world.audit()).length).to.equal(before);
    expect(world.metrics.told.join()).not.to.include("drift");
    await world.pass({ trigger: "apply" });
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2"]);
    await drift(world, "E-1");
    await world.push({ version: 2, entities: ["E-1", "E-2", "E-3"] });
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2", "E-3"]);
    expect((await world.row()).warnings).to.deep.equal([]);
  });

  it("ignores what it is told to, also while a commit changes something else", async () => {
    const ignore = [{ items: ["entity/X-*", "entity/E-1"], attributes: null }];
    const world = aWorld({ ignore });
    await world.verified({ entities: ["E-1", "E-2"] });
    await drift(world, "X-1");
    expect(await world.converge(1, { trigger: "interval" })).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-2", "X-1"]);
    await world.push({ version: 2, entities: ["E-1", "E-2", "E-3"] });
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-2", "E-3", "X-1"]);
    await world.push({ version: 3, entities: ["E-3", { id: "E-1", kind: "npc" }, "E-2"] });
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-1", "E-2", "E-3", "X-1"]);
    await world.push({ version: 4, entities: ["E-3", "E-2"] });
    expect(await world.converge()).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-2", "E-3", "X-1"]);
  });
});
