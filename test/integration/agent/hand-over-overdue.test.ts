import { expect } from "chai";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { AgentWorld } from "../../support/agent-world.ts";
import { gauges, healthOf, logOf, sum } from "../../support/attention-checks.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-lab7";
const FROM = "rooms/lab7.room.yaml";
const TO = "rooms2/lab7.room.yaml";
const MIRROR = join("mirror", "specs.git");
const REASON = "HandOverOverdue";

describe("a room that waits for a source that never reads its commit", function () {
  this.timeout(60_000);
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__Path: "rooms",
      Git__Sources__1__Name: "mirrored",
      Git__Sources__1__Path: "rooms2",
      Git__Sources__1__IntervalSeconds: "1",
    });
    world.commit({
      "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }),
      "rooms2/second.room.yaml": specYaml({ roomId: "room-second" }),
      [FROM]: specYaml({ roomId: ROOM, entities: ["E-01"] }),
    });
    mirror();
    await world.start({ Git__Sources__1__Url: world.git.url("mirror/specs.git") });
    await world.verified(ROOM);
    await world.verified("room-second");
  });

  after(() => world.remove());

  /** A mirror of the repository, which polls of the second source read. */
  function mirror(): void {
    const { folder, root } = world.repository;
    cpSync(folder, join(root, MIRROR), { recursive: true });
  }

  const warnings = async () => {
    const { sources } = await world.status();
    const found = sources.find(({ name }) => name === "mirrored")?.warnings ?? [];
    return found.filter(({ reason }) => reason === REASON);
  };
  const isInHealth = async () => {
    const { problems } = await healthOf(world);
    return problems.some(
      ({ check, message }) => check === "source mirrored" && message.startsWith(`${REASON}: `),
    );
  };

  it("is a warning of that source, everywhere, after a minute and three polls, until it reads the commit", async () => {
    const text = specYaml({ roomId: ROOM, version: 2, entities: ["E-01", "E-02"] });
    const commit = world.commit({ [FROM]: null, [TO]: text }, "Move it");
    await world.reason(ROOM, "WaitsForSource");
    expect(await warnings(), "not at once").to.deep.equal([]);
    expect((await healthOf(world)).status).to.equal("healthy");

    const [warning] = await eventually("the source warns", async () => {
      world.passedMs += 30_000;
      const found = await warnings();
      return found.length > 0 ? found : undefined;
    });
    expect(warning?.message)
      .to.include(commit.slice(0, 12))
      .and.include(TO)
      .and.include('source "specs"')
      .and.include(ROOM);
    expect(await isInHealth()).to.equal(true);
    expect(sum(await gauges(world), "source_warning", { reason: REASON })).to.equal(1);
    const warned = (await world.audit("source.warned")).at(-1);
    expect(warned?.metadata).to.include({ source: "mirrored", reason: REASON });
    const lines = logOf(world).filter(({ reason }) => reason === REASON);
    expect(lines.map(({ message, detail }) => [message, detail])).to.deep.equal([
      ["source warning", warning?.message],
    ]);

    mirror();
    await world.verified(ROOM);
    await eventually("the warning ends", async () => (await warnings()).length === 0);
    expect(await isInHealth()).to.equal(false);
    expect((await world.room(ROOM)).source).to.equal("mirrored");
  });
});
