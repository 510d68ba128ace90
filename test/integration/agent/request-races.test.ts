import { expect } from "chai";
import type { OpenRoomServer } from "../../../agent/roomserver/open-room-server.ts";
import { createRestRoomServer } from "../../../agent/roomserver/rest-room-server.ts";
import { AgentWorld, type Answer } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const TRUE = { "X-Confirm": "true" };

/** Rooms whose state is not read until they are released. */
class HeldRooms {
  readonly #held = new Map<string, PromiseWithResolvers<void>>();

  readonly openRoomServer: OpenRoomServer = (options) => {
    const server = createRestRoomServer(options);
    const readState = server.readState.bind(server);
    server.readState = async (roomId, call) => {
      await this.#held.get(roomId)?.promise;
      return readState(roomId, call);
    };
    return server;
  };

  hold(roomId: string): void {
    this.#held.set(roomId, Promise.withResolvers());
  }

  releaseAll(): void {
    for (const { resolve } of this.#held.values()) resolve();
    this.#held.clear();
  }
}

describe("requests about one room at the same time", () => {
  const rooms = new HeldRooms();
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__IntervalSeconds: "600",
      Operator__Reconciliation__IntervalSeconds: "600",
    });
    const { openRoomServer } = rooms;
    world.implementations = { ...world.implementations, openRoomServer };
    world.commit({ "README.md": "rooms" });
    await world.start();
    await world.observed();
  });

  after(async () => {
    await world.remove();
  });

  afterEach(() => rooms.releaseAll());

  const idOf = () => `room-race-${(made += 1)}`;

  function post(id: string, version: number, count: number, headers: Record<string, string> = {}) {
    const spec = { roomId: id, version, entities: entityIds(count) };
    return world.applyYaml(specYaml(spec), headers);
  }

  /** A room whose passes wait for its state. */
  async function aHeldRoom(count: number): Promise<RoomStory> {
    const id = idOf();
    expect((await post(id, 1, count)).status).to.equal(200);
    rooms.hold(id);
    return new RoomStory(world, id);
  }

  /** Waits until the room's newest spec has this version. */
  async function newest(id: string, version: number): Promise<void> {
    const isNewest = async () => (await world.room(id)).specVersion === version;
    await eventually(`version ${version} is posted`, isNewest);
  }

  /** Waits until these requests are in the audit. */
  async function asked(room: RoomStory, correlationIds: readonly string[]): Promise<void> {
    await eventually(`${correlationIds.join(", ")} asked`, async () => {
      const known = (await room.audit("apply")).map(({ correlationId }) => correlationId);
      return correlationIds.every((id) => known.includes(id));
    });
  }

  const by = ({ body }: Answer) => body["supersededBy"] as Record<string, unknown> | null;

  it("answers a post that a newer one replaced as superseded, and its confirmation goes with it", async () => {
    const room = await aHeldRoom(8);
    const first = post(room.id, 4, 9);
    await newest(room.id, 4);
    const ann = post(room.id, 5, 8, { ...TRUE, "X-Correlation-Id": "ann" });
    await newest(room.id, 5);
    const bob = post(room.id, 6, 1, { "X-Correlation-Id": "bob" });
    await newest(room.id, 6);
    rooms.releaseAll();
    const answers = await Promise.all([first, ann, bob]);
    expect(answers.map(({ status, body }) => `${status} ${String(body["outcome"])}`)).to.deep.equal(
      ["202 superseded", "202 superseded", "412 refused"],
    );
    const { revision, correlationId } = by(answers[1]) ?? {};
    expect({ revision, correlationId }).to.deep.equal({
      revision: (await room.status()).observedRevision,
      correlationId: "bob",
    });
    expect(await room.audit("confirm")).to.deep.equal([]);
    expect((await room.entities()).length).to.be.above(7);
    const [superseded] = (await room.audit("apply.superseded")).filter(
      (record) => record.correlationId === "ann",
    );
    expect(superseded?.metadata["by"]).to.include({ correlationId: "bob" });
  });

  it("credits what is done to the caller whose spec it is", async () => {
    const room = await aHeldRoom(1);
    const posts: Promise<Answer>[] = [];
    for (const version of [2, 3, 4]) {
      const headers = { "X-Correlation-Id": `caller-${version}` };
      posts.push(post(room.id, version, version * 2, headers));
      await newest(room.id, version);
    }
    rooms.releaseAll();
    const answers = await Promise.all(posts);
    expect(answers.map(({ status }) => status)).to.deep.equal([202, 202, 200]);
    expect(answers[2]?.body).to.include({ outcome: "converged", correlationId: "caller-4" });
    const joined = (await room.audit("entity.joined")).filter(
      ({ metadata }) => metadata["entityId"] === "E-08",
    );
    expect(joined.map(({ correlationId }) => correlationId)).to.deep.equal(["caller-4"]);
  });

  it("answers a post that a deletion overtook as superseded", async () => {
    const room = await aHeldRoom(2);
    const slow = post(room.id, 2, 3);
    await newest(room.id, 2);
    const late = post(room.id, 3, 4);
    await newest(room.id, 3);
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    rooms.releaseAll();
    for (const answer of await Promise.all([slow, late])) {
      expect(answer.status).to.equal(202);
      expect(answer.body).to.include({ outcome: "superseded" });
    }
    expect(by(await late)).to.deep.include({ revision: null });
    expect((await late).body["message"]).to.match(/released .*no owner/);
    expect(await room.entities()).to.have.length.below(4);
  });

  it("answers a post that a commit overtook as superseded", async () => {
    const room = await aHeldRoom(2);
    const slow = post(room.id, 2, 3);
    await newest(room.id, 2);
    room.commit({ version: 3, entities: entityIds(4) });
    const other = new RoomStory(world, "room-race-other");
    await other.push({ entities: ["E-01"] });
    rooms.releaseAll();
    const answer = await slow;
    expect(answer.body, JSON.stringify(answer.body)).to.include({ outcome: "superseded" });
    const { revision, correlationId } = by(answer) ?? {};
    expect(revision)
      .to.equal((await room.status()).observedRevision)
      .and.match(/^main@sha1:/);
    expect(correlationId).to.equal(null);
  });

  it("gives a request without X-Confirm no pass of one with it", async () => {
    const id = idOf();
    const room = new RoomStory(world, id);
    await room.push({ entities: entityIds(8) });
    room.commit({ version: 2, entities: ["E-01"] });
    await room.pass();
    rooms.hold(id);
    const running = room.pass({ "X-Dry-Run": "true" });
    const without = room.pass({ "X-Correlation-Id": "without" });
    await asked(room, ["without"]);
    const confirmed = room.pass({ ...TRUE, "X-Correlation-Id": "with" });
    await asked(room, ["without", "with"]);
    rooms.releaseAll();
    const answers = await Promise.all([running, without, confirmed]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 412, 200]);
    const [confirm] = await room.audit("confirm");
    expect(confirm?.correlationId).to.equal("with");
  });

  it("shares a pass between equal requests", async () => {
    const room = await aHeldRoom(2);
    const running = room.pass({ "X-Dry-Run": "true" });
    const ids = Array.from({ length: 40 }, (_, at) => `equal-${at}`);
    const requests = ids.map((id) => room.pass({ "X-Correlation-Id": id }));
    await asked(room, ids);
    rooms.releaseAll();
    const answers = await Promise.all([running, ...requests]);
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect(answers[7]?.body).to.include({ correlationId: "equal-6" });
    const passes = (await room.audit("room.converged")).filter(({ correlationId }) =>
      correlationId.startsWith("equal-"),
    );
    expect(passes.length).to.be.below(5);
    const commands = (await room.audit("apply")).filter(({ correlationId }) =>
      correlationId.startsWith("equal-"),
    );
    expect(commands).to.have.length(40);
  });
});
