import { expect } from "chai";
import { AgentWorld } from "../support/agent-world.ts";
import { checkWorld } from "../support/check-world.ts";
import { setFaults } from "../support/devserver-client.ts";
import { eventually } from "../support/eventually.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { entityIds, specYaml } from "../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";
const SEED = 20_261_122;
const KILLS = 4;
/** More follow, up to so many, until a call that was done and one that was not have been cut off. */
const MOST_KILLS = 12;

/**
 * Round after round the room becomes another one: 6 joins, 6 kicks (in two batches under one confirmation), one entity with
 * a new name, 5 seeds, 3 promotions, 4 deletes and a policy. No name but `E-keep` and `notes` ever comes again.
 */
function round(number: number): Record<string, string> {
  const artifact = (name: string, promoteAfterSeed: boolean) => ({
    name,
    type: "document",
    workspace: "shared",
    seedFrom: `seeds/${name}.md`,
    promoteAfterSeed,
  });
  const names = [1, 2, 3, 4].map((at) => `a-${number}-${at}`);
  const spec = specYaml({
    roomId: ROOM,
    version: number,
    entities: [
      { id: "E-keep", kind: "agent", displayName: `round ${number}` },
      ...entityIds(6).map((id) => `${id}-${number}`),
    ],
    artifacts: [
      artifact("notes", true),
      ...names.map((name, index) => artifact(name, index % 2 === 0)),
    ],
    policies: { maxArtifactsPerEntity: number },
  });
  const seeds = ["notes", ...names].map((name) => [`seeds/${name}.md`, `${name} ${number}`]);
  return { [PATH]: spec, ...Object.fromEntries(seeds) };
}

describe("kill -9", function () {
  this.timeout(120_000);
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create();
  });

  afterEach(async () => {
    await world.remove();
  });

  /** Each call takes so many ms, half of them before the server does anything and half after it. */
  const slow = (ms: number) =>
    setFaults(
      world.roomServerUrl,
      { kind: "latency", ms: ms / 2 },
      { kind: "latency", ms: ms / 2, afterWork: true },
    );

  /** Whether the room is verified at the branch's head; false while nobody answers. */
  const isVerified = async () => {
    const room = await world.room(ROOM).catch(() => undefined);
    return room?.verifiedRevision === `main@sha1:${world.repository.head()}`;
  };

  const writeCount = async () => (await world.log()).length;

  /** How often something happened in the room, as `op target`. */
  const effects = async () => {
    const done = (await world.log()).filter(({ effect }) => effect);
    const byName = Map.groupBy(done, ({ op, target }) => `${op} ${target}`);
    return new Map([...byName].map(([name, same]) => [name, same.length]));
  };

  /** How calls ended that a kill had cut off, as the agent that came next read it. */
  const settled = async () =>
    (await world.auditOf(ROOM))
      .filter(({ metadata }) => metadata["settledByRead"] === true)
      .map(({ metadata }) => metadata["outcome"]);

  it(`of agent or launcher at ${KILLS} moments or more loses no change and doubles none`, async () => {
    const random = seededRandom(SEED);
    let rounds = 0;
    const commitNext = () => {
      rounds += 1;
      world.commit(round(rounds), `Round ${rounds}\n\nConfirm: true`);
    };
    await slow(20);
    let finished = true;
    let isEnough = false;
    for (let kill = 0; kill < KILLS || (kill < MOST_KILLS && !isEnough); kill += 1) {
      if (finished) commitNext();
      const before = await writeCount();
      const agent = await world.spawn();
      isEnough = new Set(await settled()).size > 1;
      const calls = Math.floor(random() * 24);
      const lateMs = random() * 20;
      const hasCome = async () => {
        finished = await isVerified();
        return finished || (await writeCount()) >= before + calls;
      };
      await eventually("the moment has come", hasCome, 20_000);
      await new Promise((resolve) => setTimeout(resolve, lateMs));
      if (random() < 0.7) await agent.killAgent();
      else await agent.killLauncher();
    }
    await world.spawn();
    await world.verified(ROOM);

    const expected = new Map([
      ["join E-keep", rounds],
      ["kick E-keep", rounds - 1],
      ["seed notes", rounds],
      ["promote notes", rounds],
      ["policy maxArtifactsPerEntity", rounds],
    ]);
    for (let number = 1; number <= rounds; number += 1) {
      for (const id of entityIds(6)) expected.set(`join ${id}-${number}`, 1);
      for (const at of [1, 2, 3, 4]) expected.set(`seed a-${number}-${at}`, 1);
      for (const at of [1, 3]) expected.set(`promote a-${number}-${at}`, 1);
      if (number === rounds) break;
      for (const id of entityIds(6)) expected.set(`kick ${id}-${number}`, 1);
      for (const at of [1, 2, 3, 4]) expected.set(`delete a-${number}-${at}`, 1);
    }
    expect(Object.fromEntries(await effects())).to.deep.equal(Object.fromEntries(expected));
    expect(await settled()).to.include.members(["done", "notDone"]);
    await checkWorld(world);
  });

  it("in the middle of confirmed removals leaves the rest of them, and nothing more, confirmed", async () => {
    const all = entityIds(13);
    world.commit({ [PATH]: specYaml({ entities: all }) });
    const first = await world.spawn();
    await world.verified(ROOM);
    await slow(20);
    world.commit({ [PATH]: specYaml({ version: 2 }) }, "Empty it\n\nConfirm: true");
    await eventually("seven are kicked", async () => {
      const done = await effects();
      return all.filter((id) => done.has(`kick ${id}`)).length >= 7;
    });
    await first.killAgent();
    expect((await world.contents(ROOM)).entities, "what the kill left").to.not.be.empty;

    await world.spawn();
    await world.verified(ROOM);
    const kicks = await effects();
    expect(all.map((id) => kicks.get(`kick ${id}`))).to.deep.equal(all.map(() => 1));

    await world.joinByHand(ROOM, "E-01");
    const room = await world.reason(ROOM, "ChangeThresholdExceeded");
    expect(room.wouldRemove).to.deep.equal(["entity/E-01"]);
    expect((await effects()).get("kick E-01")).to.equal(1);
    await checkWorld(world);
  });
});
