import { expect } from "chai";
import type { AgentProcess } from "../support/agent-process.ts";
import { AgentWorld } from "../support/agent-world.ts";
import { checkWorld } from "../support/check-world.ts";
import { setFaults } from "../support/devserver-client.ts";
import { eventually } from "../support/eventually.ts";
import { entityIds, specYaml } from "../support/spec-yaml.ts";

describe("stopping the agent", function () {
  this.timeout(60_000);
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__ParallelRooms: "4" });
  });

  afterEach(async () => {
    await world.remove();
  });

  /** Ms from SIGTERM to the end, which has to be a good one. */
  async function stop(agent: AgentProcess): Promise<number> {
    const startedMs = performance.now();
    agent.signal("SIGTERM");
    expect(await agent.ended, agent.output).to.deep.equal({ code: 0, signal: null });
    return performance.now() - startedMs;
  }

  it("in the middle of APPLY lets the running action end and begins no other", async () => {
    const room = "room-many";
    world.commit({ "a.room.yaml": specYaml({ roomId: room, entities: entityIds(20) }) });
    await setFaults(world.roomServerUrl, { kind: "latency", operation: "join", ms: 200 });
    const agent = await world.spawn();
    await eventually("three have joined", async () => (await world.log()).length >= 3);
    await stop(agent);
    const joined = (await world.log()).map(({ target }) => target);
    expect(joined).to.deep.equal(entityIds(joined.length));
    expect(joined).to.have.length.within(3, 19);
    await setFaults(world.roomServerUrl);

    await world.spawn();
    await world.verified(room);
    expect((await world.log()).map(({ target }) => target)).to.deep.equal(entityIds(20));
    const outcomes = (await world.auditOf(room))
      .filter(({ action }) => action === "entity.joined")
      .map(({ metadata }) => metadata["outcome"]);
    expect(outcomes.filter((outcome) => outcome === "done")).to.have.length(20);
    expect(outcomes.filter((outcome) => outcome === "abandoned")).to.have.length(
      20 - joined.length,
    );
    await checkWorld(world);
  });

  it("gives up a call that does not end, and settles it at the next start by reading", async () => {
    const spec = (roomId: string) => specYaml({ roomId, artifacts: ["notes"] });
    world.commit({
      "a.room.yaml": spec("room-worked"),
      "b.room.yaml": spec("room-idle"),
      "seeds/notes.md": "hello",
    });
    await setFaults(
      world.roomServerUrl,
      { kind: "hang", operation: "seed", room: "room-worked", afterWork: true },
      { kind: "hang", operation: "seed", room: "room-idle" },
    );
    const agent = await world.spawn();
    await eventually("both uploads hang", async () => (await world.log()).length === 2);
    expect(await stop(agent)).to.be.below(10_000);
    await setFaults(world.roomServerUrl);

    await world.spawn();
    const outcomes = async (room: string) =>
      (await world.auditOf(room))
        .filter(({ action }) => action === "artifact.seeded")
        .map(({ metadata }) => [metadata["outcome"], metadata["settledByRead"] === true]);
    await world.verified("room-worked");
    expect(await world.writes("room-worked")).to.deep.equal(["seed notes"]);
    expect(await outcomes("room-worked")).to.deep.equal([["done", true]]);
    await world.verified("room-idle");
    expect(await world.writes("room-idle")).to.deep.equal(["seed notes", "seed notes"]);
    expect(await outcomes("room-idle")).to.deep.equal([
      ["notDone", true],
      ["done", false],
    ]);
    await checkWorld(world);
  });

  it("while the git server does not answer takes no longer", async () => {
    world.commit({ "a.room.yaml": specYaml({ entities: ["E-01"] }) });
    world.git.break({ kind: "hang" });
    const agent = await world.spawn();
    await eventually("it asks", () => world.git.requests.length > 0);
    expect(await stop(agent)).to.be.below(8000);
  });
});
