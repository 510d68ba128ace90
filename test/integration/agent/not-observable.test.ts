import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { LyingServer } from "../../support/lying-server.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const NAMED = { id: "E-01", kind: "agent", displayName: "Ada" };
const GUARDED = { id: "E-01", kind: "agent", policy: { sandbox_mode: true, scopes: ["a"] } };

describe("what the server does not show", () => {
  let world: AgentWorld;
  let server: LyingServer;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
    });
    server = await LyingServer.start(world.roomServerUrl);
    world.random = () => 0.02;
    world.commit({ "rooms/anchor.room.yaml": specYaml({ roomId: "room-anchor" }) });
    await world.start({ RoomServer__BaseUrl: server.url });
  });

  after(async () => {
    await checkWorld(world);
    await world.remove();
    await server.stop();
  });

  afterEach(async () => {
    server.lie = (state) => state;
    await setFaults(world.roomServerUrl);
  });

  function fresh(): RoomStory {
    made += 1;
    return new RoomStory(world, `room-veiled-${made}`);
  }

  const blocked = async (room: RoomStory) =>
    (await room.status()).blocked.map(({ item, reason }) => `${item} ${reason}`);

  it("is not compared: a state without `policy` of entities leads to no write", async () => {
    await setFaults(world.roomServerUrl, { kind: "omitPolicy" });
    const room = fresh();
    expect((await room.push({ entities: [GUARDED] })).body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal(["join E-01"]);
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("is compared as soon as the server shows it", async () => {
    const room = fresh();
    await setFaults(world.roomServerUrl, { kind: "omitPolicy" });
    await room.push({ entities: [NAMED] });
    await room.drift(({ entities }) => ({
      entities: entities.map((entity) => ({ ...entity, policy: { sandbox_mode: true } })),
    }));
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
    await setFaults(world.roomServerUrl);
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(["kick E-01", "join E-01"]);
  });

  it("is written once when it is shown otherwise for ever, reported, and left alone", async () => {
    server.lie = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({ ...entity, displayName: "Somebody" })),
    });
    const room = fresh();
    await room.push({ entities: [NAMED] });
    await world.reason(room.id, "ItemsBlocked");
    expect(await room.newWrites()).to.deep.equal(["join E-01"]);
    expect(await blocked(room)).to.deep.equal(["entity/E-01 NotObservable"]);
    expect(await room.conditions()).to.deep.equal([
      "Ready True Converged",
      "PartlyManaged True ItemsBlocked",
    ]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
    await world.stop();
    await world.start();
    await world.observed();
    expect(await room.writesOfMorePasses(), "also after a restart").to.deep.equal([]);
  });

  it("is written again when its desired value changes, and once more left alone", async () => {
    server.lie = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({ ...entity, displayName: "Somebody" })),
    });
    const room = fresh();
    await room.push({ entities: [NAMED] });
    await world.reason(room.id, "ItemsBlocked");
    await room.newWrites();
    room.commit({ version: 2, entities: [{ ...NAMED, displayName: "Grace" }] });
    await world.verified(room.id);
    expect(await room.newWrites()).to.deep.equal(["kick E-01", "join E-01"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("is written again when the server's answer changes", async () => {
    server.lie = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({ ...entity, displayName: "Somebody" })),
    });
    const room = fresh();
    await room.push({ entities: [NAMED] });
    await world.reason(room.id, "ItemsBlocked");
    await room.newWrites();
    server.lie = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({ ...entity, displayName: "Nobody" })),
    });
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(["kick E-01", "join E-01"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
    server.lie = (state) => state;
    await room.pass();
    expect(await blocked(room)).to.deep.equal([]);
  });

  it("is a policy that the server took and does not show", async () => {
    const room = fresh();
    await setFaults(world.roomServerUrl, { kind: "lie", operation: "policy", room: room.id });
    await room.push({ policies: { maxArtifactsPerEntity: 7 } });
    await world.reason(room.id, "ItemsBlocked");
    expect(await room.newWrites()).to.deep.equal(["policy maxArtifactsPerEntity"]);
    expect(await blocked(room)).to.deep.equal(["policy/maxArtifactsPerEntity NotObservable"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("is a server that carries no policies at all: each is written once", async () => {
    server.lie = ({ policies: _policies, ...state }) => state;
    const room = fresh();
    await room.push({ policies: { maxArtifactsPerEntity: 7, allowResourceCreation: true } });
    await world.verified(room.id);
    expect(await room.newWrites()).to.have.members([
      "policy maxArtifactsPerEntity",
      "policy allowResourceCreation",
    ]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("is new content of an artifact whose hash stays as it was", async () => {
    const room = fresh();
    await room.push({ artifacts: ["veiled"] }, "One", { "seeds/veiled.md": "one" });
    await room.newWrites();
    await setFaults(world.roomServerUrl, { kind: "lie", operation: "seed", room: room.id });
    const head = world.commit({ "seeds/veiled.md": "two" });
    await world.verified(room.id, head);
    expect(await room.newWrites()).to.deep.equal(["seed veiled"]);
    expect(await blocked(room)).to.deep.equal(["artifact/veiled NotObservable"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  it("is a promotion that does not show", async () => {
    server.lie = (state) => ({
      ...state,
      artifacts: state.artifacts.map((artifact) => ({ ...artifact, isPromoted: false })),
    });
    const room = fresh();
    const artifact = {
      name: "unpromoted",
      type: "document",
      workspace: "shared",
      seedFrom: "seeds/unpromoted.md",
      promoteAfterSeed: true,
    };
    await room.push({ artifacts: [artifact] }, "One", { "seeds/unpromoted.md": "one" });
    await world.verified(room.id);
    expect(await room.newWrites()).to.deep.equal(["seed unpromoted", "promote unpromoted"]);
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });

  for (const { name, shown } of [
    {
      name: "kind and visibility in capitals",
      shown: { kind: "AGENT", visibility: "TEAM" },
    },
    {
      name: "null in place of each default",
      shown: {
        visibility: null,
        capabilities: null,
        policy: {
          allow_commands_from: null,
          sandbox_mode: null,
          env_whitelist: null,
          scopes: null,
        },
      },
    },
  ]) {
    it(`does not differ by ${name}`, async () => {
      server.lie = (state) => ({
        ...state,
        entities: state.entities.map((entity) => ({ ...entity, ...shown })),
      });
      const room = fresh();
      await room.push({ entities: [NAMED] });
      await world.verified(room.id);
      expect(await room.newWrites()).to.deep.equal(["join E-01"]);
      expect(await blocked(room)).to.deep.equal([]);
      expect(await room.writesOfMorePasses()).to.deep.equal([]);
    });
  }

  it("does not differ by the order of capabilities and scopes", async () => {
    server.lie = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({
        ...entity,
        capabilities: (entity["capabilities"] as string[]).toReversed(),
      })),
    });
    const room = fresh();
    await room.push({ entities: [{ ...NAMED, capabilities: ["text.read", "text.write"] }] });
    expect(await room.writesOfMorePasses()).to.deep.equal([]);
  });
});
