import { expect } from "chai";
import { AgentWorld, type Answer } from "../../support/agent-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const TRUE = { "X-Confirm": "true" };

describe("requests about one room at the same time", () => {
  let world: AgentWorld;
  let made = 0;

  before(async () => {
    world = await AgentWorld.create({
      Git__Sources__0__IntervalSeconds: "600",
      Operator__Reconciliation__IntervalSeconds: "600",
    });
    world.commit({ "README.md": "rooms" });
    await world.start();
    await world.observed();
  });

  after(async () => {
    await world.remove();
  });

  afterEach(async () => {
    await setFaults(world.roomServerUrl);
  });

  const idOf = () => `room-race-${(made += 1)}`;

  function post(id: string, version: number, count: number, headers: Record<string, string> = {}) {
    const spec = { roomId: id, version, entities: entityIds(count) };
    return world.applyYaml(specYaml(spec), headers);
  }

  /** A room on a slow server. */
  async function aSlowRoom(count: number, ms = 200): Promise<RoomStory> {
    const id = idOf();
    expect((await post(id, 1, count)).status).to.equal(200);
    const fault = { kind: "latency", operation: "state", ms, room: id } as const;
    await setFaults(world.roomServerUrl, fault);
    return new RoomStory(world, id);
  }

  /** Waits until the room's newest spec has this version. */
  async function newest(id: string, version: number): Promise<void> {
    const isNewest = async () => (await world.room(id)).specVersion === version;
    await eventually(`version ${version} is posted`, isNewest);
  }

  const by = ({ body }: Answer) => body["supersededBy"] as Record<string, unknown> | null;

  it("answers a post that a newer one replaced as superseded, and its confirmation goes with it", async () => {
    const room = await aSlowRoom(8);
    const first = post(room.id, 4, 9);
    await newest(room.id, 4);
    const ann = post(room.id, 5, 8, { ...TRUE, "X-Correlation-Id": "ann" });
    await newest(room.id, 5);
    const bob = post(room.id, 6, 1, { "X-Correlation-Id": "bob" });
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
    const room = await aSlowRoom(1);
    const posts = [2, 3, 4].map(async (version) => {
      await eventually(
        "its turn",
        async () => version === 2 || (await specVersion(room)) === version - 1,
      );
      return post(room.id, version, version * 2, { "X-Correlation-Id": `caller-${version}` });
    });
    const answers = await Promise.all(posts);
    expect(answers.map(({ status }) => status)).to.deep.equal([202, 202, 200]);
    expect(answers[2]?.body).to.include({ outcome: "converged", correlationId: "caller-4" });
    const joined = (await room.audit("entity.joined")).filter(
      ({ metadata }) => metadata["entityId"] === "E-08",
    );
    expect(joined.map(({ correlationId }) => correlationId)).to.deep.equal(["caller-4"]);
  });

  it("answers a post that a deletion overtook as superseded", async () => {
    const room = await aSlowRoom(2);
    const slow = post(room.id, 2, 3);
    await newest(room.id, 2);
    const late = post(room.id, 3, 4);
    await newest(room.id, 3);
    expect(await world.delete(`/rooms/${room.id}`)).to.equal(200);
    for (const answer of await Promise.all([slow, late])) {
      expect(answer.status).to.equal(202);
      expect(answer.body).to.include({ outcome: "superseded" });
    }
    expect(by(await late)).to.deep.include({ revision: null });
    expect((await late).body["message"]).to.match(/released .*no owner/);
    expect(await room.entities()).to.have.length.below(4);
  });

  it("answers a post that a commit overtook as superseded", async () => {
    const room = await aSlowRoom(2, 1500);
    const slow = post(room.id, 2, 3);
    await newest(room.id, 2);
    room.commit({ version: 3, entities: entityIds(4) });
    const other = new RoomStory(world, "room-race-other");
    await other.push({ entities: ["E-01"] });
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
    const fault = { kind: "latency", operation: "state", ms: 200, room: id } as const;
    await setFaults(world.roomServerUrl, fault);
    const running = room.pass({ "X-Dry-Run": "true" });
    const without = room.pass({ "X-Correlation-Id": "without" });
    await eventually(
      "asked",
      async () => (await room.audit("apply")).at(-1)?.correlationId === "without",
    );
    const confirmed = room.pass({ ...TRUE, "X-Correlation-Id": "with" });
    const answers = await Promise.all([running, without, confirmed]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 412, 200]);
    const [confirm] = await room.audit("confirm");
    expect(confirm?.correlationId).to.equal("with");
  });

  it("shares a pass between equal requests", async () => {
    const room = await aSlowRoom(2);
    const running = room.pass({ "X-Dry-Run": "true" });
    const asked = Array.from({ length: 40 }, (_, at) =>
      room.pass({ "X-Correlation-Id": `equal-${at}` }),
    );
    const answers = await Promise.all([running, ...asked]);
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

  async function specVersion(room: RoomStory): Promise<number | null> {
    return (await room.status()).specVersion;
  }
});
