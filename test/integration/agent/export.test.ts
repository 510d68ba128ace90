import { expect } from "chai";
import { exportRoom } from "../../../agent/cli/export.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

describe("room-operator export", () => {
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create();
    world.commit({ "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) });
    await world.start();
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
  });

  async function run(...args: readonly string[]) {
    const io = new RecordedIo(world.folder);
    const code = await exportRoom([...args, "--url", world.url], io);
    return { code, out: io.out, err: io.err };
  }

  /** What people put into rooms that no agent manages. */
  const FOUND: readonly (readonly [string, object])[] = [
    [
      "a few",
      {
        entities: [
          { id: "E-01", kind: "agent" },
          { id: "E-02", kind: "human" },
        ],
      },
    ],
    [
      "much",
      {
        entities: [
          { id: "E-1", kind: "orchestrator", displayName: "Chief", capabilities: ["z", "a"] },
          { id: "E-2", kind: "npc", visibility: "owner", ownerUserId: "kim" },
        ],
        artifacts: [{ name: "notes", type: "document", workspace: "shared", tags: ["b", "a"] }],
        policies: { dmVisibilityDefault: "owner", maxArtifactsPerEntity: 7 },
        resources: [{ name: "search", type: "mcp-tool", config: { token: "s3cret-value" } }],
      },
    ],
    ["policies alone", { policies: { maxArtifactsPerEntity: 7 } }],
  ];

  it("gives the next version of a room that is managed, and names what manages it", async () => {
    const room = new RoomStory(world, "room-managed");
    await room.push({ version: 7, entities: ["E-01"] });
    const { code, out } = await run(room.id);
    expect(code).to.equal(0);
    expect(out).to.include(`# It is managed by ${room.path} of source specs at version 7: `);
    expect(out).to.match(/^ {2}version: 8$/m);
    await room.newWrites();
    world.commit({ [room.path]: out });
    await world.verified(room.id);
    expect(await room.newWrites()).to.deep.equal([]);
    expect(await room.refusals()).to.deep.equal([]);
  });

  for (const [name, found] of FOUND) {
    it(`gives a spec whose adoption changes nothing in a room with ${name}`, async () => {
      const room = new RoomStory(world, `room-found-${name.replace(" ", "-")}`);
      await room.drift(() => found);
      const { code, out } = await run(room.id);
      expect(code).to.equal(0);
      expect(out).to.not.include("s3cret-value");
      expect(await run(room.id), "the same again").to.deep.include({ out });
      world.commit({ [room.path]: out });
      await world.verified(room.id);
      expect(await room.newWrites()).to.deep.equal([]);
      expect(await room.refusals()).to.deep.equal([]);
    });
  }

  it("refuses a room that holds nothing and is not known, and names the one that may be meant", async () => {
    const unknown = await run("room-ancho");
    expect(unknown).to.deep.include({ code: 2, out: "" });
    expect(unknown.err).to.match(/^UnknownRoom: .*nothing in room "room-ancho".*"room-anchor"\?/);
    const empty = new RoomStory(world, "room-found-nothing");
    await empty.drift(() => ({ policies: { maxArtifactsPerEntity: 100 } }));
    expect(await run(empty.id)).to.deep.include({ code: 2, out: "" });
    world.commit({ [empty.path]: specYaml({ roomId: empty.id, entities: [] }) });
    await world.verified(empty.id);
    expect(await run(empty.id), "once it is known").to.include({ code: 0, err: "" });
  });

  it("says why the RoomServer or the caller gets none", async () => {
    expect(await run("not a room")).to.deep.include({ code: 2, out: "" });
    expect((await run("not a room")).err).to.include("RoomIdPattern");
    expect((await run()).err).to.include("Missing argument ROOM");
    const fault = { kind: "status", operation: "state", room: "room-broken", status: 503 } as const;
    await setFaults(world.roomServerUrl, fault);
    const { code, err } = await run("room-broken");
    await setFaults(world.roomServerUrl);
    expect(code).to.equal(2);
    expect(err).to.match(/^RoomServerUnavailable: /);
  });
});
