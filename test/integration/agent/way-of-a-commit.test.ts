import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("the way of a commit", () => {
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create();
  });

  afterEach(async () => {
    await world.remove();
  });

  it("makes a room match its first spec, seeds and promotes its artifacts, and then only reads", async () => {
    const spec = specYaml({
      entities: [
        "E-lead",
        { id: "E-scribe", kind: "Human", visibility: "TEAM", capabilities: ["text.write"] },
      ],
      artifacts: [
        {
          name: "notes",
          type: "document",
          workspace: "shared",
          tags: ["a"],
          seedFrom: "./seeds/notes.md",
          promoteAfterSeed: true,
        },
      ],
      policies: { dmVisibilityDefault: "owner", maxArtifactsPerEntity: 7 },
    });
    world.commit({ [PATH]: spec, "seeds/notes.md": "hello" });
    await world.start();
    const room = await world.verified(ROOM);
    expect(await world.writes()).to.deep.equal([
      "join E-lead",
      "join E-scribe",
      "seed notes",
      "promote notes",
      "policy dmVisibilityDefault",
      "policy maxArtifactsPerEntity",
    ]);
    expect(room).to.deep.include({
      specVersion: 1,
      source: "specs",
      path: PATH,
      cyclesSinceConverged: 0,
      pendingDiff: null,
    });
    const writes = await world.writes();
    await world.apply({ roomId: ROOM });
    expect(await world.writes()).to.deep.equal(writes);
  });

  it("follows a push: joins what came, kicks what went, re-seeds what changed", async () => {
    world.commit({
      [PATH]: specYaml({ entities: entityIds(4), artifacts: ["notes"] }),
      "seeds/notes.md": "one",
    });
    await world.start();
    await world.verified(ROOM);
    world.commit({
      [PATH]: specYaml({
        version: 2,
        entities: ["E-02", "E-03", "E-04", "E-05"],
        artifacts: ["notes"],
      }),
      "seeds/notes.md": "two",
    });
    const room = await world.verified(ROOM);
    expect(room.specVersion).to.equal(2);
    expect((await world.contents(ROOM)).entities).to.deep.equal(["E-02", "E-03", "E-04", "E-05"]);
    expect((await world.writes()).slice(5)).to.deep.equal(["join E-05", "kick E-01", "seed notes"]);
  });

  it("changes a room when its seed file alone changed", async () => {
    world.commit({ [PATH]: specYaml({ artifacts: ["notes"] }), "seeds/notes.md": "one" });
    await world.start();
    await world.verified(ROOM);
    world.commit({ "seeds/notes.md": "two" });
    await world.verified(ROOM);
    expect(await world.writes()).to.deep.equal(["seed notes", "seed notes"]);
  });

  it("writes an intent before each change and one outcome after it", async () => {
    world.commit({ [PATH]: specYaml({ entities: ["E-lead"] }) });
    await world.start();
    await world.verified(ROOM);
    const actions = (await world.audit()).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith("entity."))).to.deep.equal([
      "entity.joined.intended",
      "entity.joined",
    ]);
    expect(actions).to.include.members(["source.synced", "room.converged"]);
  });

  it("says when the source is synced", async () => {
    const head = world.commit({ [PATH]: specYaml({ entities: ["E-lead"] }) });
    await world.start();
    await world.verified(ROOM);
    const status = await world.observed(head);
    expect(status.syncedRevision).to.equal(`main@sha1:${head}`);
    expect(status.sources[0]).to.deep.include({ heldBackBy: [], specErrors: [], lastError: null });
  });

  it("corrects drift", async () => {
    world.commit({ [PATH]: specYaml({ entities: entityIds(3) }) });
    await world.start();
    await world.verified(ROOM);
    await fetch(`${world.roomServerUrl}/room/${ROOM}/entities/E-02`, { method: "DELETE" });
    await world.apply({ roomId: ROOM });
    expect((await world.contents(ROOM)).entities).to.deep.equal(["E-01", "E-02", "E-03"]);
  });
});
