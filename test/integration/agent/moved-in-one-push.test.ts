import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-lab7";
const FROM = "rooms/lab7.room.yaml";
const TO = "rooms2/lab7.room.yaml";
const THREE = ["entity/E-02", "entity/E-03", "entity/E-04"];
const NAMED = `Confirm: ${ROOM}`;
/** The source polls when the agent starts, and not again. */
const RARELY = "0 3 1 1 *";

/** Which of two sources of one repository, "specs" with the folder rooms/ and "other" with rooms2/, reads a push first. */
const SOON = { Git__Sources__1__IntervalSeconds: "0.2" };
const ORDERS = [
  { first: "specs", which: "the old source", env: { Git__Sources__1__Schedule: RARELY } },
  { first: "other", which: "the new source", env: { ...SOON, Git__Sources__0__Schedule: RARELY } },
] as const;

describe("a push that moves a file to another source's path and changes it there", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({ Git__Sources__0__Path: "rooms" });
    world.commit({
      "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }),
      "rooms2/second.room.yaml": specYaml({ roomId: "room-second" }),
      [FROM]: spec(1, 4),
    });
  });

  afterEach(() => world.remove());

  const spec = (version: number, count: number) =>
    specYaml({ roomId: ROOM, version, entities: entityIds(count) });

  const start = (env: Readonly<Record<string, string>>) =>
    world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("specs.git"),
      Git__Sources__1__Path: "rooms2",
      ...env,
    });

  /** Pushes commits that leave these files, `first` reads them, and then the other source; gives back the commits' ids. */
  async function push(
    { first, env }: (typeof ORDERS)[number],
    commits: readonly (readonly [Readonly<Record<string, string | null>>, string])[],
  ): Promise<readonly string[]> {
    await start(env);
    await world.verified(ROOM);
    await world.verified("room-second");
    const { repository } = world;
    repository.forceBranch(repository.head() ?? "", "next");
    const oids = commits.map(([files, said]) => world.commit(files, said, { branch: "next" }));
    const head = oids.at(-1) ?? "";
    repository.forceBranch(head);
    await eventually(`${first} has read it`, async () => {
      const { sources } = await world.status();
      const source = sources.find(({ name }) => name === first);
      return source?.observedRevision?.endsWith(head) === true;
    });
    await world.stop();
    await start({});
    await eventually("taken over", async () => (await world.room(ROOM)).source === "other");
    return oids;
  }

  async function audit(action: string) {
    const records = await world.auditOf(ROOM);
    return records.filter((one) => one.action === action).map(({ metadata }) => metadata);
  }

  const entities = async () => (await world.contents(ROOM)).entities;

  for (const order of ORDERS) {
    for (const line of ["Confirm: true", NAMED])
      it(`is confirmed by \`${line}\` of the commit that removes something, where ${order.which} reads it first`, async () => {
        await push(order, [
          [{ [FROM]: null, [TO]: spec(1, 4) }, "Move it"],
          [{ [TO]: spec(2, 1) }, `Shrink it\n\n${line}`],
          [{ [TO]: spec(3, 1) }, "Raise it"],
        ]);
        await world.verified(ROOM);
        expect(await entities()).to.deep.equal(["E-01"]);
        const confirms = await audit("confirm");
        expect(confirms.map((one) => [one["source"], one["items"]])).to.deep.equal([
          ["other", THREE],
        ]);
        expect((await world.room(ROOM)).intentIgnored).to.deep.equal([]);
      });

    it(`is not confirmed beyond what that commit removes, where ${order.which} reads it first`, async () => {
      await push(order, [
        [{ [FROM]: null, [TO]: spec(1, 4) }, "Move it"],
        [{ [TO]: spec(2, 3) }, "Shrink it\n\nConfirm: true"],
        [{ [TO]: spec(3, 0) }, "Empty it"],
      ]);
      await world.reason(ROOM, "ChangeThresholdExceeded");
      expect(await entities()).to.deep.equal(entityIds(4));
      const confirms = await audit("confirm");
      expect(confirms.map((one) => one["items"])).to.deep.equal([["entity/E-04"]]);
    });

    it(`says that a name does not count after which the file changes again, where ${order.which} reads it first`, async () => {
      const [commit] = await push(order, [
        [{ [FROM]: null, [TO]: spec(2, 1) }, `Hand it over\n\n${NAMED}`],
        [{ [TO]: spec(3, 1) }, "Raise it"],
      ]);
      await world.reason(ROOM, "ChangeThresholdExceeded");
      expect(await audit("confirm")).to.deep.equal([]);
      const [ignored] = await audit("intent.ignored");
      expect(ignored).to.include({ source: "other", commit });
      expect(ignored?.["detail"]).to.include("a later commit changes the room's file");
    });
  }

  it("says that a word does not count for a file that is not valid in the end", async () => {
    const [, order] = ORDERS;
    await start(order.env);
    await world.verified(ROOM);
    const { repository } = world;
    repository.forceBranch(repository.head() ?? "", "next");
    const on = { branch: "next" };
    world.commit({ [FROM]: null, [TO]: spec(1, 4) }, "Move it", on);
    const commit = world.commit({ [TO]: spec(2, 1) }, "Shrink it\n\nConfirm: true", on);
    const broken = spec(2, 1).replace("kind: RoomSpec", "kind: Other");
    repository.forceBranch(world.commit({ [TO]: broken }, "Break it", on));
    await eventually("it is said", async () => (await audit("intent.ignored")).length > 0);
    const [ignored] = await audit("intent.ignored");
    expect(ignored).to.include({ source: "other", commit, line: "Confirm: true" });
    expect(ignored?.["detail"]).to.include("not exactly one valid file");
  });
});
