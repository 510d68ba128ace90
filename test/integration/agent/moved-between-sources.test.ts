import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-lab7";
const FROM = "rooms/lab7.room.yaml";
const TO = "rooms2/lab7.room.yaml";
const OTHERS = {
  "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }),
  "rooms2/second.room.yaml": specYaml({ roomId: "room-second" }),
};
const CONFIRMED = `Hand it over\n\nConfirm: ${ROOM}`;

const LATE = specYaml({ roomId: "room-late" });

/** It is looked at when the agent starts, and not again. */
const NEVER = { Git__Sources__1__Schedule: "0 3 1 1 *" };

describe("a file that moves to the path of another source of its repository", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__Path: "rooms",
      Git__Sources__0__Prune: "true",
      Operator__Reconciliation__IntervalSeconds: "60",
    });
    world.commit({ ...OTHERS, [FROM]: specYaml({ roomId: ROOM, entities: entityIds(4) }) });
  });

  afterEach(async () => {
    await world.remove();
  });

  async function start(env: Readonly<Record<string, string>>): Promise<void> {
    await world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("specs.git"),
      Git__Sources__1__Path: "rooms2",
      ...env,
    });
  }

  async function startAndVerify(env: Readonly<Record<string, string>>): Promise<void> {
    await start(env);
    await world.verified(ROOM);
    await world.verified("room-second");
  }

  const move = (count: number, message = CONFIRMED) =>
    world.commit(
      { [FROM]: null, [TO]: specYaml({ roomId: ROOM, version: 2, entities: entityIds(count) }) },
      message,
    );

  const entities = async () => (await world.contents(ROOM)).entities;
  const kicked = async () =>
    (await world.auditOf(ROOM)).filter(({ action }) => action.startsWith("entity.kicked"));

  it("keeps its room until that source reads the commit, whatever confirms, and says what it waits for", async () => {
    await startAndVerify(NEVER);
    const commit = move(4);
    const { needsPerson } = await world.reason(ROOM, "WaitsForSource");
    expect(needsPerson, "the other source takes it over by itself").to.equal(null);
    const [orphaned] = (await world.auditOf(ROOM)).filter(
      ({ action }) => action === "room.orphaned",
    );
    expect(orphaned?.metadata).to.include({ reason: "WaitsForSource" });
    expect(orphaned?.metadata["notPruned"]).to.include(TO).and.include('"other"');
    const { body } = await world.get<ExplainAnswer>(`/rooms/${ROOM}/explain`);
    expect(body.blockedBy[0]?.reason).to.equal("WaitsForSource");
    expect(body.blockedBy[0]?.message).to.include(TO).and.include(commit.slice(0, 12));
    await eventually("the log names both", () =>
      world.lines.some((line) => line.includes("WaitsForSource") && line.includes(TO)),
    );
    const { sources } = await world.status();
    expect(sources.find(({ name }) => name === "other")?.heldBackBy).to.deep.include({
      roomId: ROOM,
      reason: "WaitsForSource",
    });
    // A later commit of the same source names the room once more.
    world.commit({ "rooms/late.room.yaml": LATE }, CONFIRMED);
    await world.verified("room-late");
    await world.reason(ROOM, "WaitsForSource");
    expect(await entities()).to.deep.equal(entityIds(4));
    await world.stop();
    await start(NEVER);
    await world.reason(ROOM, "Converged");
    expect((await world.room(ROOM)).source).to.equal("other");
    expect(await kicked()).to.deep.equal([]);
  });

  it("keeps its room where the two write the address of the repository differently", async () => {
    const url = world.git.url("specs").replace("127.0.0.1", "localhost");
    await startAndVerify({ ...NEVER, Git__Sources__1__Url: url });
    move(4);
    await world.reason(ROOM, "WaitsForSource");
    expect(await kicked()).to.deep.equal([]);
  });

  it("leaves the prune of another room to the person who confirms it, whatever file is broken there", async () => {
    await startAndVerify(NEVER);
    world.commit({ [FROM]: null }, "Remove it");
    await world.reason(ROOM, "PruneNeedsConfirm");
    world.commit({ "rooms2/new.room.yaml": "kind: [", "rooms/late.room.yaml": LATE });
    await world.verified("room-late");
    await world.reason(ROOM, "PruneNeedsConfirm");
    world.commit({}, `It may go\n\nConfirm: ${ROOM}`);
    await world.reason(ROOM, "Pruned");
    expect(await entities()).to.deep.equal([]);
  });

  it("keeps the dry run that it came with, where it was never a room of the first source", async () => {
    await startAndVerify(NEVER);
    const [from, to] = ["rooms/new.room.yaml", "rooms2/new.room.yaml"];
    const text = specYaml({ roomId: "room-new", entities: entityIds(2) });
    const { repository } = world;
    repository.forceBranch(repository.head() ?? "", "next");
    const on = { branch: "next" };
    const dry = world.commit({ [from]: text }, "Try it\n\nDry-Run: true", on);
    repository.forceBranch(world.commit({ [from]: null, [to]: text }, "Move it", on));
    await world.observed(repository.head() ?? "");
    await world.stop();
    await start(NEVER);
    const { dryRun } = await world.reason("room-new", "DryRun");
    expect(dryRun).to.equal(dry);
  });

  it("keeps its room where it breaks as it moves", async () => {
    await startAndVerify(NEVER);
    world.commit({ [FROM]: null, [TO]: "kind: [" }, CONFIRMED);
    await world.reason(ROOM, "Orphaned");
    expect(await entities()).to.deep.equal(entityIds(4));
  });

  it("ends the prune of a room whose file was removed before, and is no confirmation of it", async () => {
    await startAndVerify(NEVER);
    world.commit({ [FROM]: null }, "Remove it");
    await world.reason(ROOM, "PruneNeedsConfirm");
    world.commit(
      { [TO]: specYaml({ roomId: ROOM, version: 2, entities: entityIds(4) }) },
      CONFIRMED,
    );
    await world.reason(ROOM, "WaitsForSource");
    expect(await entities()).to.deep.equal(entityIds(4));
    world.commit({ [TO]: null }, "Remove it there, too");
    await world.reason(ROOM, "Orphaned");
    expect(await kicked()).to.deep.equal([]);
  });

  it("keeps its room as an orphan where that source cannot read it or may not manage the room", async () => {
    await startAndVerify({ ...NEVER, Git__Sources__1__AllowedRooms__0: "room-s*" });
    move(4);
    await world.reason(ROOM, "Orphaned");
    const [orphaned] = (await world.auditOf(ROOM)).filter(
      ({ action }) => action === "room.orphaned",
    );
    expect(orphaned?.metadata["notPruned"]).to.include(TO).and.include("may not manage");
    expect(await entities()).to.deep.equal(entityIds(4));
  });

  /** What is said of the commit's `Confirm` in the room. */
  async function confirms(): Promise<readonly unknown[]> {
    const records = (await world.auditOf(ROOM)).filter(({ action }) => action === "confirm");
    return records.map(({ metadata }) => [metadata["source"], metadata["items"]]);
  }

  const THREE = ["entity/E-02", "entity/E-03", "entity/E-04"];

  for (const [which, env] of [
    ["later", NEVER],
    ["at the same time", {}],
  ] as const)
    it(`is confirmed by the commit that brings it, once, where that source reads it ${which}`, async () => {
      await startAndVerify(env);
      move(1);
      if (env === NEVER) {
        await world.reason(ROOM, "WaitsForSource");
        expect(await confirms()).to.deep.equal([]);
        await world.stop();
        await start({});
      }
      await world.verified(ROOM);
      expect(await entities()).to.deep.equal(["E-01"]);
      expect(await confirms()).to.deep.equal([["other", THREE]]);
      expect((await world.room(ROOM)).intentIgnored).to.deep.equal([]);
      const { sources } = await world.status();
      expect(sources.flatMap(({ warnings }) => warnings)).to.deep.equal([]);
      await world.joinByHand(ROOM, "E-02");
      await world.joinByHand(ROOM, "E-03");
      await world.joinByHand(ROOM, "E-04");
      await world.apply({ roomId: ROOM });
      await world.reason(ROOM, "ChangeThresholdExceeded");
    });

  it("is confirmed before the old source lets go of it, for the file that the commit brings alone", async () => {
    await startAndVerify({});
    const next = (version: number) => specYaml({ roomId: ROOM, version, entities: ["E-01"] });
    world.commit({ [TO]: next(2) }, CONFIRMED);
    await eventually("it is on record", async () => (await confirms()).length === 1);
    expect(await confirms()).to.deep.equal([["other", THREE]]);
    expect(await entities()).to.deep.equal(entityIds(4));
    world.commit({ [FROM]: null }, "Let go of it");
    await eventually("taken over", async () => (await world.room(ROOM)).source === "other");
    await world.reason(ROOM, "Converged");
    expect(await entities()).to.deep.equal(["E-01"]);
  });

  it("is confirmed for the new source alone: the old one removes nothing by it", async () => {
    await startAndVerify({});
    const next = specYaml({ roomId: ROOM, version: 2, entities: ["E-01"] });
    world.commit({ [TO]: next }, CONFIRMED);
    await eventually("it is on record", async () => (await confirms()).length === 1);
    const other = specYaml({ roomId: ROOM, version: 3, entities: ["E-01"] });
    world.commit({ [FROM]: other }, "Shrink it in the old source");
    await world.reason(ROOM, "ChangeThresholdExceeded");
    expect(await entities()).to.deep.equal(entityIds(4));
  });

  it("says why a word of the commit that removes a file does not count, also once the other source has the room", async () => {
    await startAndVerify({});
    const next = specYaml({ roomId: ROOM, version: 2, entities: ["E-01"] });
    world.commit({ [TO]: next }, "Take it over");
    await eventually("it is refused", async () => {
      const { sources } = await world.status();
      return sources.some(({ specErrors }) => specErrors.length > 0);
    });
    const commit = world.commit({ [FROM]: null }, CONFIRMED);
    await world.reason(ROOM, "ChangeThresholdExceeded");
    const { intentIgnored } = await world.room(ROOM);
    expect(intentIgnored.map((one) => [one.commit, one.line])).to.deep.equal([
      [commit, `Confirm: ${ROOM}`],
    ]);
    expect(intentIgnored[0]?.reason).to.include("not pruned").and.include("another source");
    const ignored = (await world.auditOf(ROOM)).filter(({ action }) => action === "intent.ignored");
    expect(ignored.map(({ metadata }) => metadata["commit"])).to.deep.equal([commit]);
    expect(world.lines.filter((line) => line.includes("is not pruned"))).to.have.length(1);
  });
});
