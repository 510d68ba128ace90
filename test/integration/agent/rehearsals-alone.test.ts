import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-rehearsed";
const OTHER = "room-other";
const DRY = { "X-Dry-Run": "true" };
const MODE = "Operator__Reconciliation__StateConsistency__Mode";
const spec = (roomId: string, version: number, entities: number) =>
  specYaml({ roomId, version, entities: entityIds(entities) });

for (const mode of ["passive", "active"]) {
  describe(`X-Dry-Run in ${mode} mode`, () => {
    let world: AgentWorld;
    let version = 1;

    beforeEach(async () => {
      version = 1;
      world = await AgentWorld.create({
        [MODE]: mode,
        Operator__Reconciliation__IntervalSeconds: "3600",
        Operator__Reconciliation__ParallelRooms: "1",
      });
      world.commit({
        "rooms/a.room.yaml": spec(ROOM, 1, 4),
        "rooms/b.room.yaml": spec(OTHER, 1, 1),
      });
      await world.start();
      await world.verified(ROOM);
      await world.verified(OTHER);
      await world.joinByHand(ROOM, "X-guest");
    });

    afterEach(async () => {
      await checkWorld(world);
      await world.remove();
    });

    /** The agent has had time for everything that it means to do: a later commit is carried out in another room. */
    async function nothingMore(): Promise<void> {
      version += 1;
      const oid = world.commit({ "rooms/b.room.yaml": spec(OTHER, version, version) });
      await world.verified(OTHER, oid);
    }

    async function expectUntouched(): Promise<void> {
      await nothingMore();
      expect((await world.contents(ROOM)).entities).to.deep.equal([...entityIds(4), "X-guest"]);
    }

    it("shows the plan and brings no pass that carries it out", async () => {
      const answer = await world.apply({ roomId: ROOM }, DRY);
      expect(answer.body).to.deep.include({ outcome: "planned" });
      expect(JSON.stringify(answer.body["diff"])).to.include("X-guest");
      await expectUntouched();
    });

    it("shows the plan of a posted spec and leaves the room to its own triggers", async () => {
      const posted = spec("room-posted", 1, 4);
      await world.applyYaml(posted);
      await world.joinByHand("room-posted", "X-guest");
      const answer = await world.applyYaml(spec("room-posted", 2, 5), DRY);
      expect(answer.body).to.deep.include({ outcome: "planned" });
      await nothingMore();
      const { entities } = await world.contents("room-posted");
      expect(entities).to.deep.equal([...entityIds(4), "X-guest"]);
    });

    it("runs no pass for a caller that hung up before the dry run began", async () => {
      await setFaults(world.roomServerUrl, {
        kind: "latency",
        operation: "state",
        room: OTHER,
        ms: 1000,
      });
      const slow = world.apply({ roomId: OTHER });
      const gone = new AbortController();
      const request = fetch(`${world.url}/apply`, {
        method: "POST",
        signal: gone.signal,
        headers: { "Content-Type": "application/json", ...DRY },
        body: JSON.stringify({ roomId: ROOM }),
      }).catch((error: unknown) => error);
      // The request is known once it is in the audit.
      while (!(await world.auditOf(ROOM)).some(({ action }) => action === "apply"));
      gone.abort();
      await request;
      await slow;
      await setFaults(world.roomServerUrl);
      await expectUntouched();
    });

    it("does not take the place of the pass that a commit asked for", async () => {
      const oid = world.commit({ "rooms/a.room.yaml": spec(ROOM, 2, 6) });
      const answer = await world.apply({ roomId: ROOM }, DRY);
      expect(answer.status).to.equal(200);
      await world.verified(ROOM, oid);
      expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(6));
    });

    it("leaves a room that waits for nothing where a request may still change it", async () => {
      await world.apply({ roomId: ROOM }, DRY);
      const answer = await world.apply({ roomId: ROOM });
      expect(answer.body).to.deep.include({ outcome: "converged" });
      expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(4));
    });
  });
}

describe("X-Dry-Run and the interval", () => {
  it("does not put off the pass of the interval", async () => {
    const world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "1" });
    try {
      world.commit({ "rooms/a.room.yaml": spec(ROOM, 1, 4) });
      await world.start();
      await world.verified(ROOM);
      await world.joinByHand(ROOM, "X-guest");
      const due = performance.now() + 20_000;
      // A dry run more often than the interval: the room's own pass comes all the same.
      while ((await world.contents(ROOM)).entities.includes("X-guest")) {
        expect(performance.now(), "the interval's pass never came").to.be.lessThan(due);
        await world.apply({ roomId: ROOM }, DRY);
      }
      await checkWorld(world);
    } finally {
      await world.remove();
    }
  });
});
