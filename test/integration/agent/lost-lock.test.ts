import { expect } from "chai";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("an agent whose lock file is removed", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create();
    world.random = () => 0.05;
    world.commit({ [PATH]: specYaml({ entities: entityIds(3) }) });
    await world.start();
    await world.verified(ROOM);
  });

  afterEach(() => world.remove());

  it("writes to no room until the lock is its own again", async () => {
    const lockFile = join(world.data, "agent.lock");
    renameSync(lockFile, `${lockFile}.away`);
    const before = (await world.log()).length;
    await world.kickByHand(ROOM, "E-02");
    const failed = () => world.lines.filter((line) => line.includes("pass failed"));
    await eventually("two passes have failed", () => failed().length >= 2);
    expect(failed()[0]).to.include("agent.lock").and.include("restart this agent");
    const sent = (await world.log()).slice(before).filter(({ requestId }) => requestId !== null);
    expect(sent).to.deep.equal([]);
    const health = await world.get<{ status: string; problems: unknown }>("/health");
    expect(health).to.deep.include({ status: 503 });
    expect(JSON.stringify(health.body.problems)).to.include("agent.lock");
    expect((await world.status()).warnings?.[0]?.reason).to.equal("StoreUnavailable");
    expect(await world.text(`/rooms/${ROOM}/explain`)).to.include("agent.lock");
    renameSync(`${lockFile}.away`, lockFile);
    await eventually("the drift is corrected", async () =>
      (await world.contents(ROOM)).entities.includes("E-02"),
    );
    expect((await world.get("/health")).status).to.equal(200);
  });
});
