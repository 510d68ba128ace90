import { expect } from "chai";
import { dryRun as dryRunCause } from "../../../agent/api/explain/room-causes.ts";
import type { DriftRules } from "../../../agent/config/config.ts";
import { A_ROOM, anEntity } from "../../support/a-room-spec.ts";
import { explainFacts } from "../../support/explain-facts.ts";
import { entityIds } from "../../support/spec-yaml.ts";
import { UNREACHABLE } from "../../support/fake-room-server.ts";
import { PassWorld, STALE_MS } from "../../support/pass-world.ts";
import { entitiesIn } from "./rolled-back.ts";

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

  it("report: names the drift, and counts it once, while a room shows the plan of a dry run", async () => {
    const world = aWorld({ policy: "report" });
    await world.verified({ entities: ["E-1", "E-2", "E-3", "E-4"] });
    const dryRun = { commit: "c0ffee" };
    await world.push({ version: 2, entities: ["E-3", "E-4"] }, {}, { dryRun });
    await world.pass({ trigger: "git" });
    await drift(world, "E-1", "E-3", "E-4");
    for (let time = 0; time < 3; time += 1) {
      await world.clock.advance(STALE_MS);
      await world.pass({ trigger: "interval" });
    }
    const { conditions, pendingDiff } = await world.row();
    expect(pendingDiff?.toKick).to.deep.equal(["E-1"]);
    const { message = "" } = conditions.find(({ type }) => type === "Drifted") ?? {};
    expect(message).to.include("corrects it (join entity/E-2), and");
    expect(world.metrics.told.filter((one) => one === "drift join")).to.have.length(1);
    await drift(world, ...entityIds(9));
    await world.pass({ trigger: "interval" });
    const [, after] = (await world.row()).conditions;
    expect(after?.message).to.match(
      /corrects it \(join entity\/E-1, .* kick entity\/E-01, … \(13 in all\)\), and/,
    );
  });

  it("report: shows the drift where a dry run has nothing to do, and says that it is not its plan", async () => {
    const world = aWorld({ policy: "report" });
    await world.verified({ entities: ["E-1", "E-2"] });
    await world.push({ version: 2, entities: ["E-2"] }, {}, { dryRun: { commit: "c0ffee" } });
    await world.pass({ trigger: "git" });
    const planned = (await world.row()).conditions[0]?.message;
    expect(planned).to.include("asks for a dry run; its plan is in pendingDiff");
    await drift(world, "E-2");
    await world.pass({ trigger: "interval" });
    const row = await world.row();
    expect(row.pendingDiff?.toJoin).to.deep.equal(["E-1"]);
    const message = "commit c0ffee asks for a dry run; its plan is empty";
    expect(row.conditions[0]).to.deep.include({ reason: "DryRun", message });
    const [blocker] = dryRunCause(explainFacts({ room: row }));
    expect(blocker?.message).to.equal(message);
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

  for (const policy of ["report", "off"] as const) {
    it(`${policy}: carries out the rest of what a person confirmed, and no drift with it`, async () => {
      const world = aWorld({ policy });
      await world.verified({ entities: ["E-1", "E-2"] });
      await drift(world, "E-1", "E-2", ...entityIds(7));
      const { report } = await world.pass({ trigger: "apply", confirm: true });
      expect(report.outcome.kind).to.equal("batch");
      await drift(world, ...entitiesIn(world).filter((id) => id !== "E-1"));
      const { report: rest } = await world.pass({ trigger: "interval" });
      expect(entitiesIn(world)).to.deep.equal(["E-2"]);
      expect(rest.outcome.kind).to.equal(policy === "off" ? "converged" : "observed");
      expect(await told(world)).to.deep.equal(
        policy === "off"
          ? ["Ready True Converged"]
          : ["Ready False DriftReported", "Drifted True DriftReported"],
      );
    });

    it(`${policy}: does what becomes possible by the configuration, which is no drift`, async () => {
      const world = new PassWorld({
        driftOf: () => ({ policy, ignore: [] }),
        resources: false,
      });
      await world.verified({ entities: ["E-1", "E-2"], resources: ["search"] });
      await drift(world, "E-1");
      world.restart({ resources: true });
      await world.clock.advance(STALE_MS);
      await world.pass({ trigger: "interval" });
      expect(world.server.effects).to.deep.equal(["ensureResource search"]);
      await world.pass({ trigger: "interval" });
      expect(world.server.effects).to.have.length(1);
      expect((await told(world)).at(-1)).to.equal(
        policy === "off" ? "Ready True Converged" : "Drifted True DriftReported",
      );
      // From now on it is drift if somebody removes it.
      world.server.change(A_ROOM, (room) => ({ ...room, resources: [] }));
      await world.clock.advance(STALE_MS);
      await world.pass({ trigger: "interval" });
      const left = policy === "off" ? 1 : 2;
      expect(world.server.effects.length, `at most ${left}`).to.be.at.most(left);
    });
  }

  it("correct: what becomes possible by the configuration is not audited as drift", async () => {
    const world = new PassWorld({ driftOf: () => null, resources: false });
    await world.verified({ entities: ["E-1"], resources: ["search"] });
    world.restart({ resources: true });
    await world.clock.advance(STALE_MS);
    expect(await world.converge(2, { trigger: "interval" })).to.deep.equal(["converged"]);
    expect(world.server.effects).to.deep.equal(["ensureResource search"]);
    expect(await world.audit()).not.to.include("room.drifted");
    expect(world.metrics.told.join()).not.to.include("drift");
    const records = await world.store.readAudit({ count: 100, roomId: A_ROOM });
    const ensured = records.filter(({ action }) => action.startsWith("resource.ensured"));
    expect(ensured.map(({ metadata }) => metadata["cause"] ?? null)).to.deep.equal([null, null]);
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

  for (const [policy, wanted] of [
    ["correct", /after a restart and once an hour$/],
    [
      "report",
      /leaves it as it is: it is written again when the spec changes, and on POST \/apply$/,
    ],
    ["off", /leaves it as it is: it is written again when the spec changes, and on POST \/apply$/],
  ] as const) {
    it(`${policy}: says truly when what does not show is written again`, async () => {
      const world = aWorld({ policy });
      const search = (index: string) => ({ resources: [{ name: "search", config: { index } }] });
      await world.verified(search("a"));
      await world.push({ version: 2, ...search("b") });
      world.server.failAt("ensureResource", 1, { kind: "done" }, Number.POSITIVE_INFINITY);
      expect((await world.converge()).at(-1)).to.equal("converged");
      for (const hours of [0.01, 0.9]) {
        await world.clock.advance(hours * 3_600_000);
        await world.pass({ trigger: "interval" });
        const { blocked } = await world.row();
        expect(blocked.map(({ item }) => item)).to.deep.equal(["resource/search"]);
        expect(blocked[0]?.message).to.match(wanted);
      }
      world.forget();
      await world.clock.advance(3_600_000);
      await world.pass({ trigger: "interval" });
      expect((await world.row()).blocked.map(({ item }) => item)).to.deep.equal([
        "resource/search",
      ]);
      expect(
        world.server.calls.filter(({ operation }) => operation === "ensureResource").length,
      ).to.equal(policy === "correct" ? 1 : 0);
    });
  }

  it("ignores what it is told to, also while a commit changes something else", async () => {
    const ignore = [{ items: ["entity/X-*", "entity/E-1"], attributes: null }];
    const world = aWorld({ ignore });
    await world.verified({ entities: ["E-1", "E-2"] });
    await drift(world, "X-1");
    expect(await world.converge(1, { trigger: "interval" })).to.deep.equal(["converged"]);
    expect(entitiesIn(world)).to.deep.equal(["E-2", "X-1"]);
    expect((await world.row()).warnings).to.deep.equal([
      {
        reason: "DriftIgnored",
        message: "2 items differ and may (Drift.Ignore of its source): entity/E-1, entity/X-1",
      },
    ]);
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
