import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml, type SpecYamlGiven } from "../../support/spec-yaml.ts";

const ENV = { Operator__Reconciliation__IntervalSeconds: "60" };

describe("a branch that is forced to another history", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let base = "";
  let head = "";
  let room: RoomStory;
  let other: RoomStory;

  /** Two rooms that were verified: `room` with four entities at `base` and six at `head`, `other` only at `base`. */
  beforeEach(async () => {
    world = await AgentWorld.create(ENV);
    world.patienceMs = 50_000;
    room = new RoomStory(world, "room-main");
    other = new RoomStory(world, "room-other");
    base = world.commit(files(room, { version: 1, entities: entityIds(4) }));
    base = world.commit(files(other, { version: 1, entities: entityIds(2) }));
    await world.start();
    await world.verified(other.id);
    await room.push({ version: 2, entities: entityIds(6) });
    head = world.repository.head() ?? "";
    await room.newWrites();
    await other.newWrites();
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const files = ({ id, path }: RoomStory, given: SpecYamlGiven) => ({
    [path]: specYaml({ roomId: id, ...given }),
  });

  /** Makes `given` the room's spec in a commit on top of `parent` instead of the branch's head. */
  const force = (given: SpecYamlGiven, message = "Anew", parent = base) =>
    world.commit(files(room, given), message, { parents: [parent] });

  /** The branch is at `head` again, which takes a second look. */
  const forceBack = async () => {
    world.repository.forceBranch(head);
    await world.observed(head);
    return room.pass();
  };

  const revision = (commit: string) => `main@sha1:${commit}`;
  const held = ["entity/E-03", "entity/E-04", "entity/E-05", "entity/E-06"];

  it("adds what the new history names and removes nothing, until a later commit names the room", async () => {
    const forced = force(
      { version: 3, entities: [...entityIds(2), "E-07"] },
      "Anew\n\nConfirm: true",
    );
    const answer = await room.pass();
    expect(answer.status).to.equal(200);
    expect(answer.body).to.include({
      outcome: "partial",
      partialSuccess: true,
      reason: "HistoryRewritten",
    });
    expect(await room.newWrites()).to.deep.equal(["join E-07"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);

    const status = await room.status();
    expect(status.rewritten).to.include({ from: revision(head), to: revision(forced) });
    expect(status.wouldRemove).to.deep.equal(held);
    expect(status.howToConfirm).to.include(`Confirm: ${room.id}`);
    expect(status.pendingDiff?.toKick).to.deep.equal(entityIds(4, 3));
    expect(await room.conditions()).to.deep.equal([
      "Ready False HistoryRewritten",
      "AwaitingConfirm True HistoryRewritten",
    ]);
    expect((await other.status()).rewritten).to.equal(null);
    const [source] = (await world.status()).sources;
    expect(source?.heldBackBy).to.deep.equal([{ roomId: room.id, reason: "HistoryRewritten" }]);
    expect(source?.syncedRevision).to.equal(revision(head));

    const yes = await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(yes.body).to.include({ outcome: "converged" });
    expect(await room.entities()).to.deep.equal([...entityIds(2), "E-07"]);
    expect(await room.status()).to.deep.include({ rewritten: null, refusals: [] });
    expect((await world.status()).sources[0]?.heldBackBy).to.deep.equal([]);
    expect((await room.audit("room.historyRewritten")).length).to.equal(1);
  });

  it("lets the removals go with X-Confirm, each once", async () => {
    force({ version: 3, entities: entityIds(2) });
    await room.pass();
    const answer = await room.pass({ "X-Confirm": "true" });
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal(entityIds(4, 3).map((id) => `kick ${id}`));
    expect((await room.status()).rewritten).to.equal(null);
  });

  it("holds nothing of a room whose files are the same in both histories", async () => {
    force({ version: 2, entities: entityIds(6) }, "The same, told in another way");
    await room.pass();
    expect((await room.status()).rewritten).to.equal(null);
    const answer = await room.push({ version: 3, entities: entityIds(5) });
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal(["kick E-06"]);
  });

  it("holds nothing any more once the room has converged on what the new history names", async () => {
    force({ version: 3, entities: entityIds(7) });
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    await room.push({ version: 4, entities: entityIds(5) });
    expect(await room.newWrites()).to.deep.equal(["join E-07", "kick E-06", "kick E-07"]);
  });

  it("ends with a later commit that names again what is to stay", async () => {
    force({ version: 3, entities: entityIds(2) });
    await room.pass();
    const answer = await room.push({ version: 4, entities: entityIds(6) });
    expect(answer.body).to.include({ outcome: "converged" });
    expect(await room.status()).to.deep.include({ rewritten: null, wouldRemove: [] });
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("holds also what a later commit takes out, whatever that commit confirms with `true`", async () => {
    force({ version: 3, entities: entityIds(5) });
    await room.pass();
    const answer = await room.push({ version: 4, entities: entityIds(4) }, "Less\n\nConfirm: true");
    expect(answer.body).to.include({ outcome: "partial", reason: "HistoryRewritten" });
    expect((await room.status()).wouldRemove).to.deep.equal(["entity/E-05", "entity/E-06"]);
    await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(entityIds(4));
  });

  it("stays held over a second forced push, and takes back what it added when forced to where it was", async () => {
    force({ version: 2, entities: entityIds(2) });
    await room.pass();
    const since = (await room.status()).rewritten?.since;
    const second = force({ version: 2, entities: ["E-01", "E-08"] });
    await room.pass();
    expect((await room.status()).rewritten).to.deep.equal({
      from: revision(head),
      to: revision(second),
      since,
    });
    expect(await room.newWrites()).to.deep.equal(["join E-08"]);
    const back = await forceBack();
    expect(back.body).to.include({ outcome: "converged" });
    expect(await room.status()).to.deep.include({ rewritten: null, wouldRemove: [] });
    expect(await room.newWrites()).to.deep.equal(["kick E-08"]);
  });

  it("loses its mark when it is forced back before anything was added", async () => {
    force({ version: 3, entities: entityIds(2) });
    await room.pass();
    expect((await forceBack()).body).to.include({ outcome: "converged" });
    expect((await room.status()).rewritten).to.equal(null);
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("is remembered over a restart, and over one that comes between the fetch and the pass", async () => {
    await world.stop();
    force({ version: 3, entities: entityIds(2) });
    await world.start({ Operator__Reconciliation__StateConsistency__Mode: "passive" });
    await world.reason(room.id, "HistoryRewritten");
    await world.stop();
    await world.start();
    await room.pass();
    expect(await room.refusals()).to.deep.equal(["HistoryRewritten"]);
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.entities()).to.deep.equal(entityIds(6));
  });

  it("leaves the rooms whose files are gone as orphans, and holds what is removed when they come back", async () => {
    world.commit({ [room.path]: null }, "Gone", { parents: [base] });
    await eventually("it is an orphan", async () => (await room.status()).orphaned, 50_000);
    expect(await room.entities()).to.deep.equal(entityIds(6));
    const answer = await room.push({ version: 3, entities: entityIds(2) });
    expect(answer.body).to.include({ outcome: "partial", reason: "HistoryRewritten" });
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("names both what went down and what is held, and one confirmation by name lets both go", async () => {
    world.repository.forceBranch(base);
    await world.observed(base);
    expect((await room.pass()).status).to.equal(412);
    expect(await room.refusals()).to.deep.equal(["SpecVersionRegressed", "HistoryRewritten"]);
    const [lowered] = (await room.status()).refusals;
    expect(lowered?.message).to.include(
      `a force-push rewrote the history from ${revision(head)} to ${revision(base)}. Raise`,
    );
    await room.driftIn("E-09");
    await room.pass();
    expect(await room.newWrites(), "held for what is enforced, too").to.deep.equal([]);
    await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(entityIds(4));
    expect(await room.status()).to.deep.include({ rewritten: null, refusals: [] });
  });

  it("shows in a dry run what would be held, and writes nothing", async () => {
    force({ version: 3, entities: [...entityIds(2), "E-07"] });
    await room.pass();
    await room.newWrites();
    await room.push({ version: 4, entities: ["E-01", "E-10"] }, `Try\n\nDry-Run: ${room.id}`);
    const status = await room.status();
    expect(new Set(status.refusals.map(({ effect }) => effect))).to.deep.equal(new Set(["hold"]));
    expect(status.pendingDiff?.toJoin).to.deep.equal(["E-10"]);
    expect(await room.newWrites()).to.deep.equal([]);
  });

  it("gives back what was enforced and applied when forced to where it was, whatever the versions", async () => {
    force({ version: 3, entities: [...entityIds(4), "E-07"] });
    expect((await room.pass()).body).to.include({ reason: "HistoryRewritten" });
    expect((await forceBack()).body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal(["join E-07", "kick E-07"]);
    expect(await room.status()).to.deep.include({ rewritten: null, refusals: [] });
    expect(await room.entities()).to.deep.equal(entityIds(6));
    expect((await room.push({ version: 3, entities: entityIds(5) })).body).to.include({
      outcome: "converged",
    });
  });

  it("goes on holding when the spec is broken at the commit that returns", async () => {
    force({ version: 3, entities: [...entityIds(4), "E-07"] });
    await room.pass();
    world.commit({ [room.path]: "kind: [" }, "Broken", { parents: [head] });
    await room.pass();
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(["join E-07"]);
    await room.push({ version: 2, entities: entityIds(6) });
    await room.pass();
    expect(await room.newWrites()).to.deep.equal([]);
    await room.say(`Yes\n\nConfirm: ${room.id}`);
    expect(await room.entities()).to.deep.equal(entityIds(6));
  });

  for (const way of ["forced", "merged"] as const) {
    it(`holds what came after the room had converged, when an old clone is ${way} back`, async () => {
      const amended = force({ version: 2, entities: entityIds(7) });
      expect((await room.pass()).body).to.include({ outcome: "converged" });
      await room.push({ version: 3, entities: entityIds(20) });
      const newest = world.repository.head() ?? "";
      await room.newWrites();
      const parents = way === "forced" ? [head] : [newest, head];
      world.commit(files(room, { version: 4, entities: entityIds(6) }), "Mine", { parents });
      const answer = await room.pass();
      expect(answer.body).to.not.include({ outcome: "converged" });
      expect(await room.newWrites()).to.deep.equal([]);
      expect(await room.entities()).to.deep.equal(entityIds(20));
      expect(await room.audit("room.historyRestored")).to.deep.equal([]);
      expect(amended).to.not.equal(newest);
    });
  }

  it("takes nothing back that was joined again as drift", async () => {
    await room.push({ version: 3, entities: entityIds(12) });
    head = world.repository.head() ?? "";
    force({ version: 4, entities: [...entityIds(11), "E-40"] });
    await room.pass();
    const ids = entityIds(6);
    await room.driftOut(...ids);
    await room.pass();
    expect((await room.entities()).length).to.equal(13);
    await room.newWrites();
    const back = world.commit(files(room, { version: 5, entities: entityIds(6, 7) }), "Less", {
      parents: [head],
    });
    await world.observed(back);
    await room.pass();
    expect((await room.newWrites()).filter((write) => ids.some((id) => write.endsWith(id))))
      .to.deep //
      .equal([]);
    expect(await room.refusals()).to.include("KickLimitExceeded");
  });
});
