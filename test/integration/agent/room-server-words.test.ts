import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { healthOf, logOf } from "../../support/attention-checks.ts";
import { type FaultGiven, setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";

describe("a RoomServer that cannot be worked with", () => {
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "600",
      Operator__Retry__MaxAttempts: "2",
      Operator__Retry__InitialDelayMs: "1",
    });
    world.commit({});
    await world.start();
  });

  after(() => world.remove());

  afterEach(() => setFaults(world.roomServerUrl));

  for (const { name, fault, reason, says } of [
    {
      name: "503",
      fault: { kind: "status", status: 503 },
      reason: "RoomServerUnavailable",
      says: /answered 503/,
    },
    {
      name: "429",
      fault: { kind: "status", status: 429, retryAfter: 0 },
      reason: "RoomServerUnavailable",
      says: /answered 429/,
    },
    {
      name: "reset",
      fault: { kind: "drop" },
      reason: "RoomServerUnavailable",
      says: /unreachable/,
    },
    {
      name: "401",
      fault: { kind: "status", status: 401 },
      reason: "Unauthorized",
      says: /answered 401.*ROOM_AUTH_TOKEN/,
    },
  ] as readonly { name: string; fault: FaultGiven; reason: string; says: RegExp }[]) {
    it(`is in health, status, log and explain in the same words: ${name}`, async () => {
      const room = new RoomStory(world, `room-words-${name}`);
      await room.push({ entities: ["E-01"] });
      await setFaults(world.roomServerUrl, fault);
      await room.push({ version: 2, entities: ["E-01", "E-02"] });
      const { conditions } = await room.status();
      const ready = conditions.find(({ type }) => type === "Ready");
      expect(ready).to.include({ status: "False", reason });
      expect(ready?.message).to.match(says);
      await eventually("health says the same", async () => {
        const { status, problems } = await healthOf(world);
        expect(status).to.equal("degraded");
        expect(problems).to.deep.include({
          check: "roomServer",
          message: `${reason}: ${ready?.message}`,
        });
        return true;
      });
      const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      expect(body.blockedBy[0]).to.include({ reason, message: ready?.message });
      const line = logOf(world).findLast(({ room: of }) => of === room.id);
      expect(line).to.include({ reason, detail: ready?.message });
      await setFaults(world.roomServerUrl);
      await room.pass();
      const checks = (await healthOf(world)).problems.map(({ check }) => check);
      expect(checks).to.not.include("roomServer");
    });
  }

  it("names the file of a token that is not accepted, in status and explain", async () => {
    const other = await AgentWorld.create();
    try {
      const file = join(other.folder, "room-token");
      await writeFile(file, "old\n");
      await setFaults(other.roomServerUrl, { kind: "status", status: 401 });
      const room = new RoomStory(other, "room-token-file");
      room.commit({ entities: ["E-01"] });
      await other.start({ Auth__TokenFile: file });
      const ready = await eventually("the token is refused", async () => {
        const { conditions } = await room.status();
        return conditions.find(({ type, reason }) => type === "Ready" && reason === "Unauthorized");
      });
      expect(ready.message).to.include(`Renew the token in ${file} (Auth.TokenFile)`);
      const { body } = await other.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      expect(body.blockedBy[0]?.unblock).to.match(/`Auth\.TokenFile` counts at the next request/);
    } finally {
      await other.remove();
    }
  });
});
