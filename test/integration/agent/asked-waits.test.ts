import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { healthOf, logOf } from "../../support/attention-checks.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";

const DAY_S = 86_400;
const ASKED =
  /answered (?:429|503).*; the RoomServer asked to wait until ([^ ]+Z) \(Retry-After\), it is asked again at ([^ ]+Z)$/;

describe("a RoomServer that asks to wait for a day", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let well: RoomStory;

  before(async () => {
    world = await AgentWorld.create({ Operator__Retry__MaxAttempts: "2" });
    // Its interval passes make the agent look at what is due, as time passes.
    well = new RoomStory(world, "room-well");
    well.commit({ entities: ["E-01"] });
    await world.start();
    await world.verified(well.id);
  });

  after(() => world.remove());

  afterEach(() => setFaults(world.roomServerUrl));

  for (const { name, status, operation } of [
    { name: "for one join, by 429", status: 429, operation: "join" },
    { name: "for one join, by 503", status: 503, operation: "join" },
    { name: "for one read, by 503", status: 503, operation: "state" },
  ] as const) {
    it(`is asked again after five minutes, and corrects drift then: ${name}`, async () => {
      const room = new RoomStory(world, `room-${operation}-${status}`);
      await room.push({ entities: ["E-01", "E-02"] });
      await setFaults(world.roomServerUrl, {
        kind: "status",
        status,
        operation,
        room: room.id,
        retryAfter: DAY_S,
        count: 1,
      });
      room.commit({ version: 2, entities: ["E-01", "E-02", "E-03"] });
      const shown = await world.reason(room.id, "RoomServerUnavailable");
      const message = shown.conditions.find(({ type }) => type === "Ready")?.message ?? "";
      const [, until = "", again = ""] = ASKED.exec(message) ?? [];
      expect(Date.parse(until) - Date.parse(again), message).to.be.equal((DAY_S - 300) * 1000);
      expect(shown.needsPerson).to.deep.equal({ reason: "RoomServerUnavailable", message });
      // Until a read of the other room succeeds, health names the RoomServer alone.
      await eventually("health names the room", async () => {
        const { status: health, problems } = await healthOf(world);
        expect(health).to.equal("degraded");
        const said = problems.map(({ message: one }) => one).join();
        expect(said).to.include(`${room.id} (RoomServerUnavailable)`);
        return true;
      });
      const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      expect(body.blockedBy[0]).to.include({ reason: "RoomServerUnavailable", message });
      const due = body.blockedBy.find(({ reason }) => reason === "PassDue")?.message;
      expect(due).to.match(/as long as the RoomServer asks, up to 5 minutes; the next pass/);
      const line = logOf(world).findLast((one) => one.room === room.id);
      expect(line).to.include({ message: "pass ended", level: "warn", detail: message });
      const failure = (await world.auditOf(room.id)).findLast(
        ({ action }) => action === "room.failed",
      );
      expect(failure?.metadata).to.include({ message });

      await world.kickByHand(room.id, "E-01");
      await world.joinByHand(room.id, "E-evil");
      world.passedMs += 280_000;
      await world.kickByHand(well.id, "E-01");
      await eventually("the other room is corrected", async () =>
        (await well.entities()).includes("E-01"),
      );
      expect(await room.entities(), "not asked before").to.have.members(["E-02", "E-evil"]);
      world.passedMs += 30_000;
      await world.verified(room.id);
      expect(await room.entities()).to.have.members(["E-01", "E-02", "E-03"]);
      await eventually("health is well again", async () => {
        expect(await healthOf(world)).to.include({ status: "healthy" });
        return true;
      });
    });
  }
});
