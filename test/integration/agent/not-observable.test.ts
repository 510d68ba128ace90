import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { LyingServer } from "./lying-server.ts";
import { RoomStory } from "../../support/room-story.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const NAMED = { id: "E-01", kind: "agent", displayName: "Ada" };
const GUARDED = { id: "E-01", kind: "agent", policy: { sandbox_mode: true, scopes: ["a"] } };

const AGAIN = ["kick E-01", "join E-01"];
const PROMOTE = "promote unpromoted";

describe("what the server does not show", () => {
  let world: AgentWorld;
  let server: LyingServer;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "0.5" });
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

  /** The write calls of some more passes that nobody asked for. */
  async function quietWrites(room: RoomStory): Promise<readonly string[]> {
    await room.newWrites();
    const seen = readsOf(room);
    await eventually("three more reads", () =>
      Promise.resolve(readsOf(room) >= seen + 3 ? true : undefined),
    );
    return room.newWrites();
  }

  function readsOf(room: RoomStory): number {
    return server.reads.filter((id) => id === room.id).length;
  }

  const blocked = async (room: RoomStory) =>
    (await room.status()).blocked.map(({ item, reason }) => `${item} ${reason}`);

  it("is not compared: a state without `policy` of entities leads to no write", async () => {
    await setFaults(world.roomServerUrl, { kind: "omitPolicy" });
    const room = fresh();
    expect((await room.push({ entities: [GUARDED] })).body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal(["join E-01"]);
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
    expect(await quietWrites(room)).to.deep.equal([]);
  });

  it("is compared as soon as the server shows it", async () => {
    const room = fresh();
    await setFaults(world.roomServerUrl, { kind: "omitPolicy" });
    await room.push({ entities: [NAMED] });
    await room.drift(({ entities }) => ({
      entities: entities.map((entity) => ({ ...entity, policy: { sandbox_mode: true } })),
    }));
    expect(await quietWrites(room)).to.deep.equal([]);
    await setFaults(world.roomServerUrl);
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(["kick E-01", "join E-01"]);
  });

  it("is written three times when it is shown otherwise for ever, reported, and left alone", async () => {
    server.lie = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({ ...entity, displayName: "Somebody" })),
    });
    const room = fresh();
    await room.push({ entities: [NAMED] });
    await world.reason(room.id, "ItemsBlocked");
    expect(await room.newWrites()).to.deep.equal(["join E-01", ...AGAIN, ...AGAIN]);
    expect(await blocked(room)).to.deep.equal(["entity/E-01 NotObservable"]);
    expect(await room.conditions()).to.deep.equal([
      "Ready True Converged",
      "PartlyManaged True ItemsBlocked",
    ]);
    expect(await quietWrites(room)).to.deep.equal([]);
    const before = (await world.writes(room.id)).length;
    await world.stop();
    await world.start();
    await eventually("one more write after a restart", async () =>
      (await world.writes(room.id)).length === before + AGAIN.length ? true : undefined,
    );
    expect(await quietWrites(room), "and no more").to.deep.equal([]);
  });

  it("is an entity that it lists twice and not alike: nothing is written to it, and the rest is cared for", async () => {
    const room = fresh();
    await room.push({ entities: [NAMED, "E-02"] });
    await world.verified(room.id);
    await room.drift(({ entities }) => ({
      entities: [
        ...entities,
        ...["Aardvark", "Zed"].map((displayName) => ({ ...entities[0], displayName })),
      ],
    }));
    await world.reason(room.id, "ItemsBlocked");
    expect(await blocked(room)).to.deep.equal(["entity/E-01 DuplicateItem"]);
    expect(await room.conditions()).to.deep.equal([
      "Ready True Converged",
      "PartlyManaged True ItemsBlocked",
    ]);
    expect((await room.status()).needsPerson?.message).to.include(
      "entity/E-01: the RoomServer lists it 3 times, which differ in displayName",
    );
    await room.driftOut("E-02");
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(["join E-01", "join E-02", "join E-02"]);
    expect(await quietWrites(room)).to.deep.equal([]);
    await room.drift(({ entities }) => ({
      entities: entities.filter(({ displayName }) => !["Ada", "Zed"].includes(String(displayName))),
    }));
    await room.pass();
    expect(await room.newWrites()).to.deep.equal(AGAIN);
    expect(await blocked(room)).to.deep.equal([]);
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
    expect(await room.newWrites()).to.deep.equal([...AGAIN, ...AGAIN, ...AGAIN]);
    expect(await quietWrites(room)).to.deep.equal([]);
  });

  it("is a policy that the server accepts and does not keep: the room is not Ready", async () => {
    const room = fresh();
    await setFaults(world.roomServerUrl, { kind: "lie", operation: "policy", room: room.id });
    const head = room.commit({ policies: { maxArtifactsPerEntity: 7 } });
    await world.reason(room.id, "NotObservable");
    const write = "policy maxArtifactsPerEntity";
    expect(await room.newWrites()).to.deep.equal([write, write, write]);
    expect(await blocked(room)).to.deep.equal(["policy/maxArtifactsPerEntity NotObservable"]);
    expect(await room.conditions()).to.include("Ready False NotObservable");
    const { verifiedRevision, conditions } = await room.status();
    expect(verifiedRevision).to.equal(null);
    expect(conditions[0]?.message).to.include("wanted 7, reads 100 after 3 writes");
    const { sources } = await world.status();
    expect(sources[0]?.syncedRevision).not.to.equal(`main@sha1:${head}`);
    expect(sources[0]?.heldBackBy).to.deep.include({ roomId: room.id, reason: "NotObservable" });
    const why = await world.get<{ blockedBy: { reason: string }[] }>(`/rooms/${room.id}/explain`);
    expect(JSON.stringify(why.body)).to.include("NotObservable");
    expect(await quietWrites(room)).to.deep.equal([]);
    await setFaults(world.roomServerUrl);
    expect(await quietWrites(room), "nothing changed that the agent could see").to.deep.equal([]);
    expect((await room.pass()).body).to.include({ outcome: "converged" });
    expect(await room.newWrites()).to.deep.equal([write]);
    expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
    expect((await world.verified(room.id, head)).blocked).to.deep.equal([]);
  });

  for (const { operation, spec, write } of [
    {
      operation: "policy",
      spec: { policies: { maxArtifactsPerEntity: 9 } },
      write: "policy maxArtifactsPerEntity",
    },
    { operation: "seed", spec: { artifacts: ["lost"] }, write: "seed lost" },
  ] as const) {
    it(`is not a ${operation} that was lost once: it is written again`, async () => {
      const room = fresh();
      if (operation === "seed") await room.push(spec, "One", { "seeds/lost.md": "one" });
      await room.newWrites();
      await setFaults(world.roomServerUrl, { kind: "lie", operation, room: room.id, count: 1 });
      const head =
        operation === "seed"
          ? world.commit({ "seeds/lost.md": `two ${room.id}` })
          : room.commit(spec);
      await world.verified(room.id, head);
      expect(await room.newWrites()).to.deep.equal([write, write]);
      expect(await room.conditions()).to.deep.equal(["Ready True Converged"]);
    });
  }

  it("is a server that carries no policies at all: each is written once", async () => {
    server.lie = ({ policies: _policies, ...state }) => state;
    const room = fresh();
    room.commit({ policies: { maxArtifactsPerEntity: 7, allowResourceCreation: true } });
    await world.verified(room.id);
    expect(await room.newWrites()).to.have.members([
      "policy maxArtifactsPerEntity",
      "policy allowResourceCreation",
    ]);
    expect(await quietWrites(room)).to.deep.equal([]);
  });

  it("is new content of an artifact whose hash stays as it was", async () => {
    const room = fresh();
    await room.push({ artifacts: ["veiled"] }, "One", { "seeds/veiled.md": "one" });
    await room.newWrites();
    await setFaults(world.roomServerUrl, { kind: "lie", operation: "seed", room: room.id });
    const head = world.commit({ "seeds/veiled.md": "two" });
    await world.reason(room.id, "NotObservable");
    expect(await room.newWrites()).to.deep.equal(["seed veiled", "seed veiled", "seed veiled"]);
    expect((await room.status()).verifiedRevision).not.to.equal(`main@sha1:${head}`);
    expect(await blocked(room)).to.deep.equal(["artifact/veiled NotObservable"]);
    expect(await quietWrites(room)).to.deep.equal([]);
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
    await world.reason(room.id, "NotObservable");
    expect(await room.conditions()).to.include("Ready False NotObservable");
    expect((await room.status()).verifiedRevision).to.equal(null);
    expect(await room.newWrites()).to.deep.equal(["seed unpromoted", ...Array(3).fill(PROMOTE)]);
    expect(await quietWrites(room)).to.deep.equal([]);
  });

  it("does not differ by case, by null for a default, or by the order of a list", async () => {
    server.lie = (state) => ({
      ...state,
      entities: state.entities.map((entity) => ({
        ...entity,
        kind: "AGENT",
        visibility: null,
        policy: { sandbox_mode: null, scopes: null },
        capabilities: (entity["capabilities"] as string[]).toReversed(),
      })),
    });
    const room = fresh();
    await room.push({ entities: [{ ...NAMED, capabilities: ["text.read", "text.write"] }] });
    expect(await room.newWrites()).to.deep.equal(["join E-01"]);
    expect(await blocked(room)).to.deep.equal([]);
    expect(await quietWrites(room)).to.deep.equal([]);
  });
});
