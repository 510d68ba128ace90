import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import type { FileContent } from "../../support/file-content.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const LINK: FileContent = { mode: "120000", content: "../elsewhere" };
const SUBMODULE: FileContent = { mode: "160000", oid: "1".repeat(40) };
const ROOM = "room-linked";
const FILE = "rooms/a/x.room.yaml";

describe("a folder of specs that cannot be read any more", () => {
  let world: AgentWorld;
  const spec = (version = 1, entities = 3, roomId = ROOM) =>
    specYaml({ roomId, version, entities: entityIds(entities) });

  beforeEach(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__Path: "rooms",
      Operator__Reconciliation__IntervalSeconds: "60",
    });
    world.commit({ [FILE]: spec(), "rooms/k.room.yaml": spec(1, 1, "room-kept") });
    await world.start();
    await world.verified(ROOM);
  });

  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  async function owns(): Promise<boolean> {
    const { conditions } = await world.room(ROOM);
    return conditions.every(({ reason }) => reason !== "Orphaned");
  }

  for (const [what, content, says] of [
    ["a link", LINK, "symbolic link"],
    ["a submodule", SUBMODULE, "submodule"],
  ] as const) {
    it(`keeps its rooms and says why where it became ${what}, until it is back`, async () => {
      world.commit({ [FILE]: null, "elsewhere/x.room.yaml": spec(), "rooms/a": content });
      await world.observed();
      const { conditions } = await world.reason(ROOM, "SpecInvalid");
      const [problem] = conditions.filter(({ reason }) => reason === "SpecInvalid");
      expect(problem?.message).to.include(says).and.include('"rooms/a"').and.include(FILE);
      const [source] = (await world.status()).sources;
      expect(source?.specErrors[0]?.message).to.include(says);
      expect(await world.audit("room.specRefused")).to.have.length(1);
      expect(await world.audit("source.specErrors")).to.not.be.empty;

      world.commit({ "rooms/k.room.yaml": spec(2, 2, "room-kept") });
      await world.verified("room-kept");
      expect(await owns(), "after another commit").to.equal(true);
      await world.stop();
      await world.start();
      await world.apply({ roomId: ROOM });
      expect(await owns(), "after a restart").to.equal(true);
      expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(3));

      world.commit({ "rooms/a": null, [FILE]: spec(2, 5) });
      await world.verified(ROOM);
      expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(5));
    });
  }

  it("releases its rooms once the link is deleted", async () => {
    world.commit({ [FILE]: null, "rooms/a": LINK });
    await world.reason(ROOM, "SpecInvalid");
    world.commit({ "rooms/a": null });
    await world.reason(ROOM, "Orphaned");
  });

  it("follows a file that moved to where the link leads", async () => {
    world.commit({ [FILE]: null, "rooms/b/x.room.yaml": spec(), "rooms/a": LINK });
    await eventually("the room is at its new path", async () => {
      const { path, headProblem } = await world.room(ROOM);
      return path === "rooms/b/x.room.yaml" && headProblem === null;
    });
    const head = world.commit({ "rooms/b/x.room.yaml": spec(2, 4) });
    await world.verified(ROOM, head);
  });

  it("releases its rooms where a file took its place", async () => {
    world.commit({ [FILE]: null, "rooms/a": "not a folder" });
    await world.reason(ROOM, "Orphaned");
  });
});
