import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const [OURS, THEIRS] = ["room-ours", "room-theirs"];
const OUR_PATH = "rooms/ours.room.yaml";
const THEIR_PATH = "rooms2/theirs.room.yaml";
/** The source polls when the agent starts, and not again. */
const RARELY = "0 3 1 1 *";

describe("a Confirm that names a room of another source", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({ Git__Sources__0__Path: "rooms" });
    world.commit({
      "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }),
      "rooms2/second.room.yaml": specYaml({ roomId: "room-second" }),
      [OUR_PATH]: spec(OURS, 1, 4),
      [THEIR_PATH]: spec(THEIRS, 1, 4),
    });
  });

  afterEach(() => world.remove());

  function spec(roomId: string, version: number, count: number): string {
    return specYaml({ roomId, version, entities: entityIds(count) });
  }

  async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__IntervalSeconds: "0.2",
      Git__Sources__1__Url: world.git.url(),
      Git__Sources__1__Path: "rooms2",
      ...env,
    });
    await world.verified(OURS);
    await world.verified(THEIRS);
  }

  async function bothRead(head: string): Promise<void> {
    await eventually("both have read it", async () => {
      const { sources } = await world.status();
      return sources.every(({ observedRevision }) => observedRevision?.endsWith(head) === true);
    });
  }

  async function reported(): Promise<readonly string[]> {
    const { sources, rooms } = await world.status();
    const warnings = sources.flatMap((source) => source.warnings.map(({ message }) => message));
    const ignored = rooms.flatMap(({ intentIgnored }) => intentIgnored.map((one) => one.reason));
    const logged = world.lines.filter((line) => line.includes('"intent ignored"'));
    return [...warnings, ...ignored, ...logged];
  }

  it("counts there, and is reported nowhere, where that source reads the same commits", async () => {
    await start();
    const files = { [OUR_PATH]: spec(OURS, 2, 1), [THEIR_PATH]: spec(THEIRS, 2, 1) };
    await bothRead(world.commit(files, `Shrink both\n\nConfirm: ${THEIRS}`));
    await world.reason(OURS, "ChangeThresholdExceeded");
    await world.verified(THEIRS);
    expect((await world.contents(THEIRS)).entities).to.deep.equal(["E-01"]);
    expect(await reported()).to.deep.equal([]);
    const { body } = await world.get<ExplainAnswer>(`/rooms/${OURS}/explain`);
    expect(body.blockedBy.map(({ reason }) => reason)).to.not.include("IntentIgnored");
  });

  it("counts at the source that its file moved to, and the source that it came from says nothing", async () => {
    await start();
    const moved = { [OUR_PATH]: null, "rooms2/ours.room.yaml": spec(OURS, 1, 4) };
    await bothRead(world.commit(moved, "Move it"));
    await eventually("taken over", async () => (await world.room(OURS)).source === "other");
    await bothRead(world.commit({ "rooms2/ours.room.yaml": spec(OURS, 2, 1) }, "Shrink it"));
    await world.reason(OURS, "ChangeThresholdExceeded");
    await bothRead(world.commit({}, `Go\n\nConfirm: ${OURS}`));
    await world.reason(OURS, "Converged");
    expect((await world.contents(OURS)).entities).to.deep.equal(["E-01"]);
    expect(await reported()).to.deep.equal([]);
  });

  it("is to be said again where a file of this source names the room, once it has the room", async () => {
    await start({
      Git__Sources__0__Schedule: RARELY,
      Git__Sources__1__Url: world.git.url("specs"),
    });
    world.commit({ [OUR_PATH]: null, "rooms2/ours.room.yaml": spec(OURS, 2, 1) }, "Move it");
    const claimed = async () => {
      const { sources } = await world.status();
      return sources.some(({ specErrors }) => specErrors.length > 0);
    };
    await eventually("the other source has read it", claimed);
    world.commit({}, `Go\n\nConfirm: ${OURS}`);
    const [reason] = await eventually("it is reported", async () => {
      const found = await reported();
      return found.length > 0 ? found : undefined;
    });
    expect(reason).to.include("a file of this source names it");
    expect(reason).to.include("once this source has the room");
  });
});
