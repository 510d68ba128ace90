import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-harbor7";
const PATH = "rooms/harbor7.room.yaml";

describe("two sources", () => {
  let world: AgentWorld;
  let other: GitRepository;

  beforeEach(async () => {
    world = await AgentWorld.create();
    other = GitRepository.create({ root: world.repository.root, name: "other.git" });
  });

  afterEach(async () => {
    await world.remove();
  });

  const start = () =>
    world.start({
      Git__Sources__1__Name: "other",
      Git__Sources__1__Url: world.git.url("other.git"),
      Git__Sources__1__IntervalSeconds: "0.2",
    });

  it("leave a claimed room with its recorded owner and name both paths, until the owner lets go of it", async () => {
    world.commit({ [PATH]: specYaml({ entities: entityIds(3) }) });
    other.commit({ "README.md": "no rooms yet" });
    await start();
    await world.verified(ROOM);
    other.commit({ "a.room.yaml": specYaml({ version: 9, entities: ["E-other"] }) });
    const claimed = await eventually("the claim is refused", async () => {
      const status = await world.status();
      return status.sources.find(({ name }) => name === "other")?.specErrors[0];
    });
    expect(claimed.message).to.include(PATH).and.include("a.room.yaml");
    expect((await world.contents(ROOM)).entities).to.deep.equal(["E-01", "E-02", "E-03"]);

    world.commit({ [PATH]: null, "rooms/second.room.yaml": specYaml({ roomId: "room-second" }) });
    await eventually("the other source takes the room over", async () => {
      const room = await world.room(ROOM);
      return room.source === "other" && room.path === "a.room.yaml";
    });
    const takeovers = (await world.auditOf(ROOM)).filter(
      ({ action }) => action === "room.takenOver",
    );
    expect(takeovers.map(({ metadata }) => metadata)).to.have.length(1);
    expect(takeovers[0]?.metadata).to.deep.include({
      source: "other",
      path: "a.room.yaml",
      from: { source: "specs", path: PATH },
      wasOrphan: true,
    });
    await eventually("no claim is refused any more", async () => {
      const { sources } = await world.status();
      return sources.find(({ name }) => name === "other")?.specErrors.length === 0;
    });
    expect((await world.status()).syncedRevision).to.equal(null);
  });

  it("are held back by an orphan as long as they have a broken file for it", async () => {
    world.commit({ [PATH]: specYaml({ entities: ["E-lead"] }) });
    other.commit({ "README.md": "no rooms yet" });
    await start();
    await world.verified(ROOM);
    world.commit({ [PATH]: null, "rooms/second.room.yaml": specYaml({ roomId: "room-second" }) });
    await world.reason(ROOM, "Orphaned");
    const broken = specYaml({ entities: ["E-lead", "E-lead"] });
    world.commit({ [PATH]: broken });
    await world.reason(ROOM, "SpecInvalid");
    other.commit({ "a.room.yaml": broken });
    const areHeldBack = (names: readonly string[]) =>
      eventually(`${names.join(", ")} are held back`, async () => {
        const { sources } = await world.status();
        const held = sources.filter(({ heldBackBy }) => heldBackBy.length > 0);
        return held.map(({ name }) => name).join() === names.join();
      });
    await areHeldBack(["specs", "other"]);
    other.commit({ "a.room.yaml": null });
    await areHeldBack(["specs"]);
    world.commit({ [PATH]: specYaml({ version: 2, entities: ["E-lead"] }) });
    await areHeldBack([]);
  });

  it("do not hold each other up", async () => {
    world.commit({ [PATH]: specYaml({ entities: ["E-lead"] }) });
    other.commit({ "b.room.yaml": specYaml({ roomId: "room-second", entities: ["E-two"] }) });
    world.git.fault = (request) =>
      request.url?.startsWith("/other.git") ? { kind: "hang" } : undefined;
    await start();
    await world.verified(ROOM);
    expect((await world.contents("room-second")).entities).to.deep.equal([]);
  });

  it("take over the rooms of a source that was renamed", async () => {
    world.commit({ [PATH]: specYaml({ entities: ["E-lead"] }) });
    other.commit({ "b.room.yaml": specYaml({ roomId: "room-second", entities: ["E-two"] }) });
    await start();
    await eventually("both rooms are converged", async () => {
      const { rooms } = await world.status();
      return rooms.length === 2 && rooms.every(({ lastOutcome }) => lastOutcome === "converged");
    });
    await world.stop();
    await fetch(`${world.roomServerUrl}/room/room-second/entities/E-two`, { method: "DELETE" });
    await world.start({ Git__Sources__1__Name: "third" });
    await eventually("the room belongs to the source's new name", async () => {
      const room = await world.room("room-second");
      return room.source === "third" && room.lastOutcome === "converged";
    });
    await eventually("the room has its entity again", async () => {
      const { entities } = await world.contents("room-second");
      return entities.join() === "E-two";
    });
  });
});
