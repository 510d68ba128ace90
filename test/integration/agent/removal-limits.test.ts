import { expect } from "chai";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

const NAMES = (count: number) => Array.from({ length: count }, (_unused, at) => `a-${at + 1}`);

story("limits on removals", { rooms: "room-limits" }, (the) => {
  /** A verified room with so many entities and artifacts. */
  async function aRoom(id: string, entities: number, artifacts = 0): Promise<RoomStory> {
    const room = new RoomStory(the.world, id);
    const names = NAMES(artifacts);
    const seeds = Object.fromEntries(names.map((name) => [`seeds/${name}.md`, name]));
    const answer = await room.push(
      { entities: entityIds(entities), artifacts: names },
      undefined,
      seeds,
    );
    expect(answer.body["outcome"], JSON.stringify(answer.body)).to.equal("converged");
    await room.newWrites();
    return room;
  }

  /** How many removals each pass that removed something carried out. */
  async function batchesOf(room: RoomStory): Promise<readonly number[]> {
    const records = [
      ...(await room.audit("entity.kicked")),
      ...(await room.audit("artifact.deleted")),
    ].filter(({ metadata }) => metadata["outcome"] === "done");
    const passes = Map.groupBy(records, ({ correlationId }) => correlationId);
    return [...passes.values()].map((batch) => batch.length);
  }

  for (const { name, entities, artifacts = 0, keep, keepArtifacts = 0 } of [
    { name: "half of the entities", entities: 8, keep: 4 },
    { name: "one of two", entities: 2, keep: 1 },
    { name: "exactly the kick limit", entities: 10, keep: 5 },
    { name: "exactly the delete limit", entities: 0, artifacts: 20, keep: 0, keepArtifacts: 10 },
    {
      name: "every entity where artifacts make up the other half",
      entities: 3,
      artifacts: 3,
      keep: 0,
      keepArtifacts: 3,
    },
  ]) {
    it(`removes ${name} without a confirmation`, async () => {
      const room = await aRoom(`room-ok-${name.replaceAll(" ", "-")}`, entities, artifacts);
      const answer = await room.push({
        version: 2,
        entities: entityIds(keep),
        artifacts: NAMES(keepArtifacts),
      });
      expect(answer.status).to.equal(200);
      expect(await room.newWrites()).to.have.length(entities - keep + artifacts - keepArtifacts);
      expect(await room.entities()).to.deep.equal(entityIds(keep));
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });
  }

  for (const { name, entities, artifacts = 0, keep, keepArtifacts = 0, reasons } of [
    { name: "the only entity", entities: 1, keep: 0, reasons: ["ChangeThresholdExceeded"] },
    { name: "two of three", entities: 3, keep: 1, reasons: ["ChangeThresholdExceeded"] },
    { name: "six of twelve", entities: 12, keep: 6, reasons: ["KickLimitExceeded"] },
    {
      name: "eleven of twenty-two artifacts",
      entities: 0,
      artifacts: 22,
      keep: 0,
      keepArtifacts: 11,
      reasons: ["DeleteLimitExceeded"],
    },
    {
      name: "all of six",
      entities: 6,
      keep: 0,
      reasons: ["KickLimitExceeded", "ChangeThresholdExceeded"],
    },
  ]) {
    it(`refuses to remove ${name} unconfirmed: nothing is written, and it says how to allow it`, async () => {
      const room = await aRoom(`room-no-${name.replaceAll(" ", "-")}`, entities, artifacts);
      const spec = { entities: entityIds(keep), artifacts: NAMES(keepArtifacts) };
      const answer = await room.push({
        version: 2,
        ...spec,
        policies: { maxArtifactsPerEntity: 9 },
      });
      expect(answer.status).to.equal(412);
      expect(answer.body).to.include({ code: "GUARDRAILS_EXCEEDED", outcome: "refused" });
      expect(answer.body["detail"]).to.include("X-Confirm: true");
      expect(await room.newWrites()).to.deep.equal([]);
      const status = await room.status();
      expect(status.refusals.map(({ reason }) => reason)).to.deep.equal(reasons);
      expect(status.wouldRemove).to.have.length(entities - keep + artifacts - keepArtifacts);
      expect(status.howToConfirm).to.include("X-Confirm: true").and.include(`Confirm: ${room.id}`);
      expect(await room.conditions()).to.include(`AwaitingConfirm True ${String(reasons[0])}`);
      expect(status.pendingDiff?.toSetPolicies).to.deep.equal(["maxArtifactsPerEntity"]);
    });
  }

  it("takes `Confirm: true` of the removing commit, in batches of at most five kicks", async () => {
    const room = await aRoom("room-batches", 14);
    room.commit({ version: 2, entities: ["E-14"] }, "Empty the room\n\nConfirm: true");
    const status = await the.world.verified(room.id);
    expect(await room.entities()).to.deep.equal(["E-14"]);
    expect(await room.newWrites()).to.have.length(13);
    expect(status.refusals).to.deep.equal([]);
    expect(status.cyclesSinceConverged).to.equal(0);
    expect(await batchesOf(room)).to.deep.equal([5, 5, 3]);
    expect(await room.audit("confirm")).to.have.length(1);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("takes deletes in batches of at most ten beside the kicks of the same pass", async () => {
    const room = await aRoom("room-mixed-batches", 7, 12);
    room.commit({ version: 2 }, "Clear out\n\nConfirm: true");
    await the.world.verified(room.id);
    expect(await batchesOf(room)).to.deep.equal([15, 4]);
    expect(await the.world.contents(room.id)).to.deep.include({ entities: [], artifacts: [] });
  });

  it("carries out with X-Confirm exactly what was refused", async () => {
    const room = await aRoom("room-by-header", 4);
    expect((await room.push({ version: 2, entities: ["E-01"] })).status).to.equal(412);
    const answer = await room.pass({ "X-Confirm": "true" });
    expect(answer.status).to.equal(200);
    expect(answer.body).to.include({ success: true, outcome: "converged" });
    expect(await room.entities()).to.deep.equal(["E-01"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });
});
