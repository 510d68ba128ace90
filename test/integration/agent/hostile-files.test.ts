import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { canarySettings, checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import type { FileContent } from "../../support/file-content.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const spec = (roomId: string, version: number, entities = entityIds(3)) =>
  specYaml({ roomId, version, entities });

/** A spec with the given lines under `spec`. */
const withLines = (roomId: string, lines: string) =>
  `apiVersion: v1\nkind: RoomSpec\nmetadata: {version: 2}\nspec:\n  roomId: ${roomId}\n${lines}`;

const seeded = (roomId: string, path: string) =>
  withLines(
    roomId,
    `  artifacts:\n    - {name: a, type: document, workspace: shared, seedFrom: ${JSON.stringify(path)}}\n`,
  );

/** Each entity list names the one before nine times: nine to the power of nine names. */
function laughs(roomId: string): string {
  const levels = Array.from({ length: 9 }, (_unused, level) => {
    const items =
      level === 0 ? "E-1" : Array.from({ length: 9 }, () => `*l${level - 1}`).join(", ");
    return `  l${level}: &l${level} [${items}]\n`;
  });
  return withLines(roomId, `${levels.join("")}  entities: *l8\n`);
}

/** Written by hand: the YAML library takes more than a second for it. */
function manyEntities(count: number): string {
  const name = "somebody whose name is long";
  return Array.from(
    { length: count },
    (_unused, at) => `    - { id: E-${at}, kind: agent, displayName: ${name} }\n`,
  ).join("");
}

const HOSTILE: readonly {
  readonly name: string;
  readonly file: (roomId: string) => FileContent;
}[] = [
  { name: "brackets", file: () => "[".repeat(200_000) },
  { name: "brackets-in-spec", file: (id) => withLines(id, `  entities: ${"[".repeat(200_000)}`) },
  { name: "braces", file: () => "{a: ".repeat(100_000) },
  { name: "indents", file: () => indents(2000) },
  { name: "aliases", file: laughs },
  { name: "alias", file: (id) => withLines(id, "  entities: &a [*a]\n") },
  {
    name: "six-megabytes",
    file: (id) => withLines(id, `  entities:\n${manyEntities(90_000)}`),
  },
  { name: "comment", file: (id) => `# ${"x".repeat(2_000_000)}\n${spec(id, 2)}` },
  { name: "documents", file: (id) => `${spec(id, 2)}---\n${spec(id, 3)}` },
  { name: "tag", file: (id) => withLines(id, "  entities: !!js/function 'process.exit()'\n") },
  { name: "proto", file: (id) => withLines(id, "  __proto__: {entities: []}\n") },
  { name: "symlink", file: () => ({ mode: "120000", content: "good-00.room.yaml" }) },
  { name: "symlink-outside", file: () => ({ mode: "120000", content: "/etc/passwd" }) },
  { name: "submodule", file: () => ({ mode: "160000", oid: "1".repeat(40) }) },
  { name: "seed-parent", file: (id) => seeded(id, "../../../../etc/passwd") },
  { name: "seed-inner-parent", file: (id) => seeded(id, "seeds/../../x") },
  { name: "seed-absolute", file: (id) => seeded(id, "/etc/passwd") },
  { name: "seed-windows", file: (id) => seeded(id, "C:\\windows\\win.ini") },
  { name: "seed-nul", file: (id) => seeded(id, "seeds/a\u0000.md") },
];

function indents(depth: number): string {
  return Array.from({ length: depth }, (_unused, at) => `${" ".repeat(at)}a:\n`).join("");
}

const GOOD = Array.from({ length: 6 }, (_unused, at) => `room-good-${String(at).padStart(2, "0")}`);
const roomOf = (name: string) => `room-${name}`;
const pathOf = (room: string) => `${room.slice("room-".length)}.room.yaml`;

describe("a hostile file", function () {
  this.timeout(60_000);
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create({
      ...canarySettings(),
      Operator__Reconciliation__ParallelRooms: "8",
      Operator__Reconciliation__IntervalSeconds: "5",
    });
    const rooms = [...GOOD, ...HOSTILE.map(({ name }) => roomOf(name))];
    world.commit(Object.fromEntries(rooms.map((room) => [pathOf(room), spec(room, 1)])));
    await world.start();
    for (const room of rooms) await world.verified(room);
    world.commit({
      ...Object.fromEntries(
        HOSTILE.map(({ name, file }) => [pathOf(roomOf(name)), file(roomOf(name))]),
      ),
      ...Object.fromEntries(GOOD.map((room) => [pathOf(room), spec(room, 2, entityIds(4))])),
    });
  });

  after(async () => {
    await world.remove();
  });

  it("delays none of the rooms that changed in the same commit", async () => {
    for (const room of GOOD) await world.verified(room);
    for (const room of GOOD) {
      expect((await world.contents(room)).entities, room).to.deep.equal(entityIds(4));
    }
  });

  it("leaves its room to the spec before it: drift goes on being corrected", async () => {
    const rooms = HOSTILE.map(({ name }) => roomOf(name));
    for (const room of rooms) {
      await world.reason(room, "SpecInvalid");
      await world.kickByHand(room, "E-02");
    }
    for (const room of rooms) {
      await eventually(`${room} is mended`, async () =>
        (await world.contents(room)).entities.includes("E-02"),
      );
    }
  });

  for (const { name } of HOSTILE) {
    it(`(${name}) is told with its place, and nothing else happens to its room`, async () => {
      const room = roomOf(name);
      const { headProblem, source, orphaned } = await world.reason(room, "SpecInvalid");
      expect({ source, orphaned }).to.deep.equal({ source: "specs", orphaned: false });
      expect(headProblem?.message).to.match(/^[a-z-]+\.room\.yaml:\d+:\d+: ./);
      expect(headProblem?.message.length).to.be.below(2000);
      expect(await world.writes(room)).to.deep.equal([
        ...entityIds(3).map((id) => `join ${id}`),
        "kick E-02",
        "join E-02",
      ]);
    });
  }

  it("is followed again once it is mended", async () => {
    const rooms = HOSTILE.map(({ name }) => roomOf(name));
    world.commit(
      Object.fromEntries(rooms.map((room) => [pathOf(room), spec(room, 3, entityIds(2))])),
    );
    for (const room of rooms) await world.verified(room);
    await world.observed();
    expect((await world.status()).sources[0]).to.deep.include({ specErrors: [], heldBackBy: [] });
    await checkWorld(world);
  });

  it("of 50 MB that no spec names holds nothing back", async () => {
    const [room = ""] = GOOD;
    const big = { "seeds/big.bin": Buffer.alloc(50 * 1024 * 1024) };
    world.commit({ ...big, [pathOf(room)]: spec(room, 3, entityIds(3)) });
    await world.verified(room, world.repository.git("rev-parse", "main"));
    expect((await world.contents(room)).entities).to.deep.equal(entityIds(3));
    const reasons = (await world.audit("source.failed")).map(({ metadata }) => metadata["reason"]);
    // A poll may run out of time on a busy machine.
    expect(reasons.filter((reason) => reason !== "Timeout")).to.deep.equal([]);
    await checkWorld(world);
  });
});
