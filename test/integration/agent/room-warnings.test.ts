import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { gauges, logOf, sum } from "../../support/attention-checks.ts";
import { eventually } from "../../support/eventually.ts";
import type { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";
import { story } from "./story.ts";

story("warnings of a room", { rooms: "room-warned" }, (the) => {
  const gauge = async (reason: string) => sum(await gauges(the.world), "rooms_warned", { reason });

  const lines = (room: RoomStory, reason: string) =>
    logOf(the.world).filter((one) => one.room === room.id && one.reason === reason);

  const applyOver = (room: RoomStory) =>
    the.world.applyYaml(specYaml({ roomId: room.id, version: 9, entities: entityIds(4) }), {
      "X-Override": "true",
    });

  for (const { reason, warn, says } of [
    {
      reason: "SpecVersionReused",
      warn: (room: RoomStory) => room.push({ version: 3, entities: entityIds(4) }),
      says: /^metadata\.version 3 was applied before/,
    },
    {
      reason: "Overridden",
      warn: applyOver,
      says: /^git is ignored: the room follows api@/,
    },
  ]) {
    it(`${reason} is in status, log, audit, gauge and explain, in the same words`, async () => {
      const room = await the.room({ version: 3, entities: entityIds(3) }, 3);
      expect(await gauge(reason)).to.equal(0);
      const { body } = await warn(room);
      expect(body, JSON.stringify(body)).to.include({ outcome: "converged" });
      const [warning] = (await room.status()).warnings;
      expect(warning?.reason).to.equal(reason);
      expect(warning?.message).to.match(says);
      const line = await eventually("a line in the log", () => lines(room, reason)[0]);
      expect(line).to.include({ level: "warn", message: "room has a warning" });
      expect(line.detail).to.equal(warning?.message);
      const record = (await room.audit("room.converged")).at(-1);
      expect(record?.metadata["warnings"]).to.deep.equal([warning]);
      expect(await gauge(reason)).to.equal(1);
      const explained = await the.world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
      const causes = explained.body.blockedBy.filter((cause) => cause.reason === reason);
      expect(causes.map(({ message }) => message)).to.deep.equal([warning?.message]);
      await room.driftOut("E-01");
      await room.pass();
      expect(lines(room, reason), "once").to.have.length(1);
      await room.push({ version: 10, entities: entityIds(5) });
      expect((await room.status()).warnings).to.deep.equal([]);
      expect(await gauge(reason)).to.equal(0);
    });
  }
});
