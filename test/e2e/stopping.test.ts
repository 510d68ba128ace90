import { expect } from "chai";
import type { AgentProcess } from "../support/agent-process.ts";
import { AgentWorld } from "../support/agent-world.ts";
import { checkWorld } from "../support/check-world.ts";
import { setFaults } from "../support/devserver-client.ts";
import { eventually } from "../support/eventually.ts";
import { entityIds, specYaml } from "../support/spec-yaml.ts";

const MANY = "room-many";
const WORKED = "room-worked";
const IDLE = "room-idle";

describe("stopping the agent", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  /** Ms from SIGTERM to the end of the first agent. */
  let firstMs: number;
  /** Whom that agent had let join when it ended. */
  let joined: readonly string[];
  let next: AgentProcess;

  /** One agent is stopped in the middle of three rooms, and the next one has them verified. */
  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__ParallelRooms: "4" });
    const uploading = (roomId: string) => specYaml({ roomId, artifacts: ["notes"] });
    world.commit({
      "many.room.yaml": specYaml({ roomId: MANY, entities: entityIds(20) }),
      "worked.room.yaml": uploading(WORKED),
      "idle.room.yaml": uploading(IDLE),
      "seeds/notes.md": "hello",
    });
    await setFaults(
      world.roomServerUrl,
      { kind: "latency", operation: "join", ms: 200 },
      { kind: "hang", operation: "seed", room: WORKED, afterWork: true },
      { kind: "hang", operation: "seed", room: IDLE },
    );
    const agent = await world.spawn();
    await eventually(
      "both uploads hang, and three have joined",
      async () =>
        (await world.writes(MANY)).length >= 3 &&
        (await world.log()).filter(({ op }) => op === "seed").length === 2,
    );
    firstMs = await stop(agent);
    joined = (await world.log()).filter(({ room }) => room === MANY).map(({ target }) => target);
    await setFaults(world.roomServerUrl);
    next = await world.spawn();
    for (const room of [MANY, WORKED, IDLE]) await world.verified(room);
  });
  after(() => world.remove());

  /** Ms from SIGTERM to the end, which has to be a good one. */
  async function stop(agent: AgentProcess): Promise<number> {
    const startedMs = performance.now();
    agent.signal("SIGTERM");
    expect(await agent.ended, agent.output).to.deep.equal({ code: 0, signal: null });
    return performance.now() - startedMs;
  }

  it("in the middle of APPLY lets the running action end and begins no other", async () => {
    expect(joined).to.deep.equal(entityIds(joined.length));
    expect(joined).to.have.length.within(3, 19);
    expect(await world.writes(MANY)).to.deep.equal(entityIds(20).map((id) => `join ${id}`));
    const outcomes = (await world.auditOf(MANY))
      .filter(({ action }) => action === "entity.joined")
      .map(({ metadata }) => metadata["outcome"]);
    expect(outcomes.filter((outcome) => outcome === "done")).to.have.length(20);
    expect(outcomes.filter((outcome) => outcome === "abandoned")).to.have.length(
      20 - joined.length,
    );
  });

  it("gives up a call that does not end, and settles it at the next start by reading", async () => {
    expect(firstMs).to.be.below(10_000);
    const outcomes = async (room: string) =>
      (await world.auditOf(room))
        .filter(({ action }) => action === "artifact.seeded")
        .map(({ metadata }) => [metadata["outcome"], metadata["settledByRead"] === true]);
    expect(await world.writes(WORKED)).to.deep.equal(["seed notes"]);
    expect(await outcomes(WORKED)).to.deep.equal([["done", true]]);
    expect(await world.writes(IDLE)).to.deep.equal(["seed notes", "seed notes"]);
    expect(await outcomes(IDLE)).to.deep.equal([
      ["notDone", true],
      ["done", false],
    ]);
    await checkWorld(world);
  });

  it("while the git server does not answer takes no longer", async () => {
    world.git.break({ kind: "hang" });
    const before = world.git.requests.length;
    await eventually("it asks", () => world.git.requests.length > before);
    expect(await stop(next)).to.be.below(8000);
  });
});
