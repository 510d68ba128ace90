import { expect } from "chai";
import { createDevserver } from "../../../devserver/devserver.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { canarySettings, checkWorld } from "../../support/check-world.ts";
import { setFaults } from "../../support/devserver-client.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("a RoomServer at fault", function () {
  this.timeout(30_000);
  let world: AgentWorld;

  beforeEach(async () => {
    world = await AgentWorld.create({ ...canarySettings(), RoomServer__TimeoutSeconds: "1" });
    world.random = () => 0.05;
  });

  afterEach(async () => {
    await world.remove();
  });

  function commit(version: number, entities: readonly string[], message?: string): string {
    const text = specYaml({ version, entities, artifacts: ["notes"] });
    return world.commit({ [PATH]: text, "seeds/notes.md": "hello" }, message);
  }

  async function converged(entities: readonly string[] = entityIds(4)): Promise<void> {
    commit(1, entities);
    await world.start();
    await world.verified(ROOM);
  }

  const failures = async () =>
    (await world.auditOf(ROOM)).filter(({ action }) => action === "room.failed");

  it("that is down loses nothing, and one that comes back empty is filled again without a removal", async () => {
    await converged();
    await checkWorld(world);
    await world.roomServer.stop();
    await world.observed(commit(2, ["E-02", "E-03", "E-04", "E-05"]));
    await world.reason(ROOM, "RoomServerUnavailable");
    const { body } = await world.get<{ status: string }>("/health");
    expect(body.status).to.equal("degraded");
    expect(await failures()).to.have.length(1);

    const port = Number(new URL(world.roomServerUrl).port);
    world.roomServer = createDevserver({ port });
    await world.roomServer.start();
    await world.verified(ROOM);
    expect(await world.writes()).to.deep.equal([
      "join E-02",
      "join E-03",
      "join E-04",
      "join E-05",
      "seed notes",
    ]);
    expect(await failures()).to.have.length(1);
    expect((await world.get<{ status: string }>("/health")).body.status).to.equal("healthy");
  });

  it("that serves a room again after an outage is asked about the others at once, however long they would have waited", async () => {
    const [long, other] = [new RoomStory(world, "room-long"), new RoomStory(world, "room-other")];
    long.commit({ entities: ["E-01"] });
    other.commit({ entities: ["E-01"] });
    await world.start();
    await world.verified(long.id);
    await world.verified(other.id);
    let [waits, share] = [0, 0.001];
    world.random = () => {
      waits += 1;
      return share;
    };
    const waited = (count: number) =>
      eventually("the room has failed and waits", () => waits >= count);
    await setFaults(world.roomServerUrl, { kind: "status", status: 500 });
    long.commit({ version: 2, entities: ["E-01", "E-02"] });
    await waited(50);
    world.passedMs += 61_000;
    await eventually("it needs a person", async () => (await long.status()).needsPerson !== null);
    share = 1;
    // The waits between the attempts of a call, and one for minutes.
    await waited(waits + 5);
    await setFaults(world.roomServerUrl);
    await other.pass();
    await world.verified(long.id);
    expect((await long.status()).needsPerson).to.equal(null);
  });

  it("that knows none of our routes is never written to: its address is wrong", async () => {
    commit(1, entityIds(4));
    await world.start({ RoomServer__BaseUrl: `${world.roomServerUrl}/elsewhere` });
    const room = await world.reason(ROOM, "WrongProtocol");
    expect(room.conditions.map(({ type }) => type)).to.include("Stalled");
    expect(room.conditions[0]?.message).to.include("RoomServer.BaseUrl");
    expect(await world.audit("entity.joined.intended")).to.deep.equal([]);
    expect(await world.log()).to.deep.equal([]);
    await checkWorld(world);
  });

  it("that is slow is waited for", async () => {
    await setFaults(world.roomServerUrl, { kind: "latency", ms: 100 });
    await converged();
    expect(await failures()).to.deep.equal([]);
    await checkWorld(world);
  });

  it("that refuses the token in the middle ends the pass at once; nothing is sent again in it", async () => {
    await converged(entityIds(2));
    const from = (await world.writes()).length;
    await setFaults(world.roomServerUrl, { kind: "status", operation: "join", status: 401 });
    world.random = () => 0.999;
    commit(2, entityIds(8));
    await world.reason(ROOM, "Unauthorized");
    const [failed] = await failures();
    expect(failed?.metadata).to.include({ reason: "Unauthorized" });
    const pass = (await world.auditOf(ROOM)).filter(
      ({ correlationId, action }) =>
        correlationId === failed?.correlationId && action === "entity.joined",
    );
    expect(pass.map(({ metadata }) => metadata["outcome"])).to.deep.equal([
      "notDone",
      ...Array.from({ length: 5 }, () => "abandoned"),
    ]);
    const ids = new Set((await world.log()).slice(from).map(({ requestId }) => requestId));
    expect((await world.log()).length - from, "one call for each request id").to.equal(ids.size);
    await setFaults(world.roomServerUrl);
    await world.verified(ROOM);
    expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(8));
    await checkWorld(world);
  });

  it("that asks for patience gets it", async () => {
    await converged(entityIds(2));
    const from = (await world.log()).length;
    await setFaults(world.roomServerUrl, {
      kind: "status",
      operation: "join",
      status: 429,
      retryAfter: 1,
      count: 1,
    });
    commit(2, entityIds(3));
    await world.verified(ROOM);
    const [asked, joined, ...more] = (await world.log()).slice(from);
    expect(more).to.deep.equal([]);
    expect([asked?.effect, joined?.effect]).to.deep.equal([false, true]);
    expect(joined?.requestId).to.equal(asked?.requestId);
    const waitedMs = Date.parse(joined?.at ?? "") - Date.parse(asked?.at ?? "");
    expect(waitedMs).to.be.at.least(990);
    await checkWorld(world);
  });

  it("that says it did what it did not is not believed", async () => {
    await converged();
    await setFaults(
      world.roomServerUrl,
      { kind: "lie", operation: "join" },
      { kind: "lie", operation: "seed" },
      { kind: "lie", operation: "kick" },
    );
    const text = specYaml({
      version: 2,
      entities: ["E-02", "E-03", "E-04", "E-05"],
      artifacts: ["new"],
    });
    const head = world.commit({ [PATH]: text, "seeds/new.md": "new" });
    await world.reason(ROOM, "NotConverged");
    expect((await world.room(ROOM)).verifiedRevision).to.not.equal(`main@sha1:${head}`);
    expect((await world.contents(ROOM)).entities).to.deep.equal(entityIds(4));
    await setFaults(world.roomServerUrl);
    await world.verified(ROOM);
    expect(await world.contents(ROOM)).to.deep.include({
      entities: ["E-02", "E-03", "E-04", "E-05"],
      artifacts: ["new"],
    });
    await checkWorld(world);
  });

  it("that shows empty lists for a while loses no entity, and nothing is removed", async () => {
    await converged();
    await setFaults(world.roomServerUrl, { kind: "emptyState" });
    const from = (await world.log()).length;
    await eventually("it was believed to be empty", async () => (await world.log()).length > from);
    await setFaults(world.roomServerUrl);
    await world.apply({ roomId: ROOM });
    const writes = (await world.log()).slice(from);
    expect(writes.filter(({ op }) => op === "kick" || op === "delete")).to.deep.equal([]);
    expect(await world.contents(ROOM)).to.deep.include({
      entities: entityIds(4),
      artifacts: ["notes"],
    });
    await checkWorld(world);
  });

  it("that answers for another room does not settle what is open", async () => {
    commit(1, entityIds(2));
    const { roomServerUrl } = world;
    await setFaults(roomServerUrl, { kind: "hang", operation: "seed", afterWork: true });
    await world.start({ RoomServer__UploadTimeoutSeconds: "1" });
    await eventually("the upload hangs", async () => (await world.writes()).includes("seed notes"));
    await setFaults(roomServerUrl, { kind: "status", operation: "state", status: 503 });
    await world.reason(ROOM, "RoomServerUnavailable");
    await setFaults(
      roomServerUrl,
      { kind: "emptyState" },
      { kind: "otherRoom", roomId: "room-foreign" },
    );
    await world.reason(ROOM, "SuspiciousRead");
    const outcomes = async () =>
      (await world.auditOf(ROOM))
        .filter(({ action }) => action === "artifact.seeded")
        .map(({ metadata }) => metadata["outcome"]);
    expect(await outcomes()).to.deep.equal([]);
    await setFaults(roomServerUrl);
    await world.verified(ROOM);
    expect(await outcomes()).to.deep.equal(["done"]);
    expect((await world.writes()).filter((write) => write === "seed notes")).to.have.length(1);
    await checkWorld(world);
  });
});
