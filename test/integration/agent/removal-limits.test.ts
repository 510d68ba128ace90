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

  it("removes exactly the limits without a confirmation", async () => {
    const room = await aRoom("room-at-limits", 10, 20);
    const spec = { version: 2, entities: entityIds(5), artifacts: NAMES(10) };
    expect((await room.push(spec)).status).to.equal(200);
    expect(await room.newWrites()).to.have.length(15);
    expect(await room.entities()).to.deep.equal(entityIds(5));
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("refuses more without a confirmation: nothing is written, and it says how to allow it", async () => {
    const room = await aRoom("room-over-limits", 6);
    const answer = await room.push({ version: 2, policies: { maxArtifactsPerEntity: 9 } });
    expect(answer.status).to.equal(412);
    expect(answer.body).to.include({ code: "GUARDRAILS_EXCEEDED", outcome: "refused" });
    expect(answer.body["detail"]).to.include("X-Confirm: true");
    expect(await room.newWrites()).to.deep.equal([]);
    const status = await room.status();
    const reasons = status.refusals.map(({ reason }) => reason);
    expect(reasons).to.deep.equal(["KickLimitExceeded", "ChangeThresholdExceeded"]);
    expect(status.wouldRemove).to.have.length(6);
    expect(status.howToConfirm).to.include("X-Confirm: true").and.include(`Confirm: ${room.id}`);
    expect(await room.conditions()).to.include("AwaitingConfirm True KickLimitExceeded");
    expect(status.pendingDiff?.toSetPolicies).to.deep.equal(["maxArtifactsPerEntity"]);
  });

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
