import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("drift in log and audit", () => {
  let world: AgentWorld;
  let seen = 0;

  before(async () => {
    world = await AgentWorld.create();
    world.commit({ [PATH]: specYaml({ entities: entityIds(4) }) });
    await world.start();
    await world.verified(ROOM);
  });

  after(() => world.remove());

  beforeEach(async () => {
    seen = (await world.auditOf(ROOM)).length;
    world.lines.length = 0;
  });

  const fresh = async () => (await world.auditOf(ROOM)).slice(seen);
  const drifted = (wanted: boolean): Promise<readonly AuditRecord[]> =>
    eventually(`drift is recorded, corrected: ${wanted}`, async () => {
      const records = await fresh();
      const isThere = records.some(
        ({ action, metadata }) => action === "room.drifted" && metadata["corrected"] === wanted,
      );
      return isThere ? records : undefined;
    });
  const logged = (message: string) =>
    world.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line["message"] === message);

  it("names what was changed once, and blames no commit for what puts it back", async () => {
    const head = `main@sha1:${world.repository.head() ?? ""}`;
    await world.kickByHand(ROOM, "E-02");
    const records = await drifted(true);
    const record = records.find(({ action }) => action === "room.drifted");
    expect(record?.metadata).to.include({
      cause: "drift",
      revision: null,
      enforcedRevision: head,
      corrected: true,
      moreItems: 0,
    });
    const items = record?.metadata["items"] as Record<string, unknown>[];
    expect(items).to.have.length(1);
    expect(items[0]).to.deep.include({ action: "join", item: "entity/E-02", before: null });
    expect(items[0]?.["after"]).to.include({ kind: "agent" });
    const changes = records.filter(({ action }) => action.startsWith("entity."));
    expect(changes.map(({ action }) => action)).to.deep.equal([
      "entity.joined.intended",
      "entity.joined",
    ]);
    for (const { metadata } of changes)
      expect(metadata).to.include({ cause: "drift", revision: null });
    expect(new Set(records.map(({ correlationId }) => correlationId)).size).to.equal(1);
    const [line, ...more] = await eventually("a line in the log", () => {
      const lines = logged("drift corrected");
      return lines.length > 0 && lines;
    });
    expect(more).to.deep.equal([]);
    expect(line).to.deep.include({
      level: "warn",
      room: ROOM,
      source: "specs",
      enforced: head,
      items: ["join entity/E-02"],
    });
  });

  it("tells of a correction that fails, and does not call it corrected", async () => {
    await setFaults(world.roomServerUrl, { kind: "status", operation: "join", status: 403 });
    await world.kickByHand(ROOM, "E-03");
    await drifted(false);
    await eventually("a line in the log", () => logged("drift found").length > 0);
    expect(logged("drift corrected")).to.deep.equal([]);
    await setFaults(world.roomServerUrl);
    await drifted(true);
  });

  it("still names the commit where a commit asked for the change", async () => {
    const head = world.commit({ [PATH]: specYaml({ version: 2, entities: entityIds(5) }) });
    await world.verified(ROOM, head);
    const records = await fresh();
    expect(records.map(({ action }) => action)).to.not.include("room.drifted");
    const joined = records.find(({ action }) => action === "entity.joined");
    expect(joined?.metadata).to.include({ revision: `main@sha1:${head}` });
    expect(joined?.metadata).to.not.have.property("cause");
  });

  it("says once that a room is drifted which may not be corrected", async () => {
    await new RoomStory(world, ROOM).driftIn(...entityIds(6, 20));
    await world.reason(ROOM, "KickLimitExceeded");
    for (let pass = 0; pass < 2; pass += 1) await world.apply({ roomId: ROOM });
    const records = (await fresh()).filter(({ action }) => action === "room.drifted");
    expect(records.at(-1)?.metadata["corrected"]).to.equal(false);
    expect(records.filter(({ metadata }) => metadata["corrected"] === false)).to.have.length(1);
  });
});
