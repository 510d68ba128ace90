import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { LyingServer } from "./lying-server.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

describe("passes over rooms in which nothing changes", () => {
  let world: AgentWorld;
  let server: LyingServer;

  before(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__IntervalSeconds: "0.1",
      Operator__Reconciliation__IntervalSeconds: "0.1",
    });
    server = await LyingServer.start(world.roomServerUrl);
    world.random = () => 0.02;
    world.commit({ "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) });
    await world.start({ RoomServer__BaseUrl: server.url });
    await world.verified("room-anchor");
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
    await server.stop();
  });

  afterEach(async () => {
    await setFaults(world.roomServerUrl);
  });

  const READY = { entities: entityIds(4) };

  const STATES: readonly {
    readonly name: string;
    readonly reason: string;
    readonly arrange: (room: RoomStory) => Promise<unknown>;
  }[] = [
    { name: "converged", reason: "Converged", arrange: (room) => room.push(READY) },
    {
      name: "refused",
      reason: "ChangeThresholdExceeded",
      arrange: async (room) => {
        await room.push(READY);
        await room.push({ version: 2, entities: [] });
      },
    },
    {
      name: "refused for drift that nobody confirms",
      reason: "ChangeThresholdExceeded",
      arrange: async (room) => {
        await room.push({ entities: ["E-01"] });
        await room.driftIn("E-02", "E-03");
      },
    },
    {
      name: "waiting for its adoption",
      reason: "AdoptionNeedsConfirm",
      arrange: async (room) => {
        await room.driftIn("E-09");
        await room.push(READY);
      },
    },
    {
      name: "a dry run",
      reason: "DryRun",
      arrange: async (room) => {
        await room.push(READY);
        await room.push({ version: 2, entities: ["E-01"] }, "Try\n\nDry-Run: true");
      },
    },
    {
      name: "at a version that went down",
      reason: "SpecVersionRegressed",
      arrange: async (room) => {
        await room.push({ ...READY, version: 2 });
        await room.push({ version: 1, entities: entityIds(5) });
      },
    },
    {
      name: "partly managed",
      reason: "ItemsBlocked",
      arrange: (room) => room.push({ ...READY, artifacts: ["never-there"] }),
    },
    {
      name: "broken in its file",
      reason: "SpecInvalid",
      arrange: async (room) => {
        await room.push(READY);
        world.commit({ [room.path]: `spec: { roomId: ${room.id}, bogus: 1 }\n` });
      },
    },
    {
      name: "under a posted spec",
      reason: "Converged",
      arrange: (room) => world.applyYaml(specYaml({ roomId: room.id, ...READY })),
    },
  ];

  /** Before and after four passes, by the name of the state. */
  const seen = new Map<string, { readonly before: object; readonly after: object }>();

  /** All at once: each pass over each of the rooms costs as much as those that are waited for. */
  before(async () => {
    const rooms = STATES.map((state, at) => {
      return { ...state, room: new RoomStory(world, `room-steady-${at + 1}`) };
    });
    for (const { room, reason, arrange } of rooms) {
      await arrange(room);
      await world.reason(room.id, reason);
    }
    await Promise.all(rooms.map(({ room }) => reads(room, 2)));
    const pictures = new Map<string, object>();
    for (const { name, room } of rooms) pictures.set(name, await picture(room));
    await Promise.all(rooms.map(({ room }) => reads(room, 4)));
    for (const { name, room } of rooms)
      seen.set(name, { before: pictures.get(name) ?? {}, after: await picture(room) });
  });

  for (const { name } of STATES) {
    it(`write nothing, record nothing and leave the status alone where a room is ${name}`, () => {
      const { before: first, after: last } = seen.get(name) ?? {};
      expect(first).to.have.property("status");
      expect(last).to.deep.equal(first);
    });
  }

  it("only read where the state leaves hashes out", async () => {
    const room = new RoomStory(world, "room-steady-hashless");
    await setFaults(world.roomServerUrl, { kind: "omitHash", room: room.id });
    await room.push({ artifacts: ["hashless"] }, "One", { "seeds/hashless.md": "x" });
    await world.reason(room.id, "Converged");
    await reads(room, 2);
    const before = await picture(room);
    await reads(room, 4);
    expect(await picture(room)).to.deep.equal(before);
    world.commit({ "seeds/hashless.md": "y" });
    await world.verified(room.id);
    expect(await room.newWrites()).to.deep.equal(["seed hashless", "seed hashless"]);
  });

  it("do no harm while a server answers with an old state, and go on when it is over", async () => {
    const room = new RoomStory(world, "room-steady-stale");
    await room.push(READY);
    await setFaults(world.roomServerUrl, { kind: "staleState", room: room.id });
    room.commit({ version: 2, entities: ["E-02", "E-03", "E-04", "E-05"] });
    await eventually("changed", async () => (await world.writes(room.id)).length > 5);
    await reads(room, 3);
    await setFaults(world.roomServerUrl);
    await world.verified(room.id);
    expect(await room.entities()).to.deep.equal(["E-02", "E-03", "E-04", "E-05"]);
    const effective = (await world.log()).filter((entry) => entry.room === room.id && entry.effect);
    expect(effective, "each change happened once").to.have.length(6);
  });

  /** Waits for so many more passes over the room. */
  async function reads(room: RoomStory, count: number): Promise<void> {
    const seen = () => server.reads.filter((id) => id === room.id).length;
    const from = seen();
    await eventually(`${count} reads of ${room.id}`, () => seen() >= from + count);
  }

  async function picture(room: RoomStory): Promise<object> {
    const status = await room.status();
    return {
      status: { ...status, isReconciling: false },
      writes: await world.writes(room.id),
      audit: (await world.audit()).filter(({ metadata }) => metadata["room"] === room.id).length,
    };
  }
});
