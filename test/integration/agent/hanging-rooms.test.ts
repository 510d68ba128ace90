import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, sum } from "../../support/attention-checks.ts";
import { checkWorld } from "../../support/check-world.ts";
import { type FaultGiven, setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";

/** A call is answered by nothing for longer than the agent answers a person, and than this test waits. */
const LONG = "40";

describe("rooms about which the RoomServer does not answer", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let well: RoomStory;
  let hanging: readonly RoomStory[];

  const onHanging = (fault: FaultGiven) =>
    setFaults(world.roomServerUrl, ...hanging.map(({ id }) => ({ ...fault, room: id })));

  before(async () => {
    world = await AgentWorld.create({
      RoomServer__TimeoutSeconds: LONG,
      Operator__Reconciliation__ParallelRooms: "4",
      Operator__Retry__InitialDelayMs: "1100",
      Operator__Retry__MaxAttempts: "2",
    });
    world.random = () => 0.01;
    well = new RoomStory(world, "room-well");
    hanging = ["a", "b", "c", "d", "e", "f"].map((name) => new RoomStory(world, `room-${name}`));
    for (const room of [well, ...hanging]) room.commit({ entities: ["E-01", "E-02"] });
    await world.start();
    for (const { id } of [well, ...hanging]) await world.verified(id);
    await onHanging({ kind: "status", status: 500, operation: "state" });
    for (const { id } of hanging) await world.reason(id, "RoomServerUnavailable");
    await onHanging({ kind: "hang", operation: "state" });
    await eventually(
      "hanging rooms wait for a worker",
      async () => sum(await gauges(world), "queued_requests") >= 2,
    );
  });

  after(async () => {
    await checkWorld(world);
    await world.roomServer.stop();
    await world.remove();
  });

  it("do not keep a person's request for another room waiting", async () => {
    await well.driftOut("E-02");
    expect((await well.pass()).status).to.equal(200);
    expect(await well.entities()).to.deep.equal(["E-01", "E-02"]);
  });

  it("do not keep drift of another room", async () => {
    await well.driftOut("E-01");
    await eventually("corrected", async () => (await well.entities()).length === 2);
  });

  it("do not keep a commit for another room", async () => {
    const head = well.commit({ version: 2, entities: ["E-01", "E-02", "E-03"] });
    await world.verified(well.id, head);
  });
});
