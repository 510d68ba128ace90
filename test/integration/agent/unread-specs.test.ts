import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, healthOf, logOf, sum } from "../../support/attention-checks.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const REASON = "RoomSpecNotRead";

describe("a file with kind: RoomSpec and a name that is not a spec's", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create();
    world.commit({ "rooms/desk.room.yaml": specYaml({ roomId: "desk-01" }) });
    await world.start();
    await world.verified("desk-01");
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const warnings = async () => (await world.status()).sources[0]?.warnings ?? [];

  it("is reported everywhere until it is renamed, and leaves health as it is", async () => {
    const text = specYaml({ roomId: "lab-01" });
    world.commit({ "rooms/lab.yaml": text });
    const [warning] = await eventually("the warning", async () => {
      const found = await warnings();
      return found.length > 0 ? found : undefined;
    });
    expect(warning?.reason).to.equal(REASON);
    expect(warning?.message).to.include("rooms/lab.yaml");
    expect(await world.text("/rooms/lab-01/explain")).to.include("rooms/lab.yaml");
    const health = await healthOf(world);
    expect(health).to.deep.include({ status: "healthy", problems: [] });
    expect(health.warnings[0]?.message).to.include("rooms/lab.yaml");
    const said = logOf(world).filter(({ reason }) => reason === REASON);
    expect(said.map(({ level }) => level)).to.deep.equal(["warn"]);
    const shown = { reason: REASON };
    expect(sum(await gauges(world), "source_warning", shown)).to.equal(1);
    world.commit({ "rooms/lab.yaml": null, "rooms/lab.room.yaml": text });
    await world.verified("lab-01");
    expect(await warnings()).to.deep.equal([]);
    expect(sum(await gauges(world), "source_warning", shown)).to.equal(0);
    const audited = [
      ...(await world.audit("source.warned")),
      ...(await world.audit("source.warningEnded")),
    ];
    expect(audited.map(({ metadata }) => metadata["reason"])).to.deep.equal([REASON, REASON]);
  });
});
