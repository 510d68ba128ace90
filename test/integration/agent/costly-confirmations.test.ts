import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

/** Files that are too many bytes together, and take no time to parse: text has no such first character. */
const LARGE = Object.fromEntries(
  Array.from({ length: 20 }, (_, at) => [
    `rooms/large-${at}.room.yaml`,
    `\0${at}${"x".repeat(900_000)}`,
  ]),
);
const ROOMS = ["room-new-0", "room-new-1", "room-new-2"];

describe("commits that confirm and change very many bytes of specs", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  before(async () => {
    world = await AgentWorld.create();
  });
  after(() => world.remove());

  const path = (name: string) => `rooms/${name}.room.yaml`;

  it("confirm nothing, still hold dry runs, and make the source warn", async () => {
    const shrinking = (count: number, version: number) =>
      specYaml({ roomId: "room-shrinks", version, entities: entityIds(count) });
    const held = (count: number, version: number) =>
      specYaml({ roomId: "room-held", version, entities: entityIds(count) });
    world.commit({ [path("shrinks")]: shrinking(10, 1), [path("held")]: held(1, 1) });
    await world.start();
    await world.verified("room-shrinks");
    await world.verified("room-held");

    const line = world.repository.commitLine(1, () => ({}));
    const onLine = { branch: "line" };
    world.commit({ ...LARGE, [path("shrinks")]: shrinking(2, 2) }, "Shrink\n\nConfirm: true", {
      ...onLine,
      parents: line,
    });
    const head = world.commit({ [path("held")]: held(3, 2) }, "Try it\n\nDry-Run: true", onLine);
    world.repository.forceBranch(head);

    await world.observed(head);
    const source = await eventually("the source warns", async () => {
      const { sources } = await world.status();
      return sources[0]?.warnings.some(({ reason }) => reason === "CommitsNotRead") === true
        ? sources[0]
        : undefined;
    });
    const warning = source.warnings.find(({ reason }) => reason === "CommitsNotRead");
    expect(warning?.message).to.include("fixed limit: 16777216").and.include("No `Confirm`");
    const synced = (await world.audit("source.synced")).at(-1)?.metadata;
    expect(synced?.["reason"]).to.equal("CommitsNotRead");
    expect(warning?.message).to.include(synced?.["message"]);
    await eventually("the room refuses the removals", async () => {
      const { conditions } = await world.room("room-shrinks");
      return conditions.some(({ status, type }) => type === "Ready" && status === "False");
    });
    const { intentIgnored } = await world.room("room-shrinks");
    expect(intentIgnored.map(({ line }) => line)).to.deep.equal(["Confirm: true", "Dry-Run: true"]);
    expect(intentIgnored[0]?.reason).to.match(/^CommitsNotRead: /);
    expect((await world.contents("room-shrinks")).entities).to.deep.equal(entityIds(10));
    await eventually("the dry run is told", async () => {
      const { conditions } = await world.room("room-held");
      return conditions.some(({ reason }) => /DryRun/.test(reason));
    });
    expect((await world.contents("room-held")).entities).to.deep.equal(entityIds(1));

    world.commit({ "README.md": "yes" }, "Mean it\n\nConfirm: room-shrinks");
    await eventually("what is named in a new commit is confirmed", async () => {
      const { entities } = await world.contents("room-shrinks");
      return entities.length === 2;
    });
  });

  it("hold every room that they change where a Dry-Run is among them", async () => {
    world.commit(Object.fromEntries(Object.keys(LARGE).map((file) => [file, null])), "Clean up");
    const rooms = ROOMS.map((roomId) => [
      `rooms/${roomId}.room.yaml`,
      specYaml({ roomId, entities: entityIds(1) }),
    ]);
    const head = world.commit(
      { ...LARGE, ...Object.fromEntries(rooms) },
      "Many rooms\n\nDry-Run: true",
    );
    await world.observed(head);
    const reasons: string[] = [];
    for (const roomId of ROOMS) {
      await eventually(roomId, async () => (await world.room(roomId)).lastOutcome !== null);
      const { dryRun, intentIgnored } = await world.room(roomId);
      expect(dryRun, roomId).to.equal(head);
      reasons.push(...intentIgnored.map(({ reason }) => reason));
      expect((await world.contents(roomId)).entities, roomId).to.deep.equal([]);
    }
    expect(reasons).to.not.be.empty;
    for (const reason of reasons) expect(reason).to.match(/^CommitsNotRead: .* every room/);
  });
});
