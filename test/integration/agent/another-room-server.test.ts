import { expect } from "chai";
import { resume, suspend } from "../../../agent/cli/suspend.ts";
import { createDevserver } from "../../../devserver/devserver.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { logOf } from "../../support/attention-checks.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { joinEntity, readContents, setFaults } from "../../support/devserver-client.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const SPEC = (roomId: string, version = 1) => specYaml({ roomId, version, entities: entityIds(2) });

describe("an agent that is given another RoomServer", () => {
  let world: AgentWorld;
  const other = createDevserver({ port: 0 });
  let url = "";

  before(async () => {
    world = await AgentWorld.create({ Operator__Reconciliation__IntervalSeconds: "1" });
    world.commit({
      "rooms/a.room.yaml": SPEC("room-a"),
      "rooms/b.room.yaml": SPEC("room-b"),
      "rooms/c.room.yaml": SPEC("room-c"),
    });
    await world.start();
    for (const room of ["room-a", "room-b", "room-c"]) await world.verified(room);
    await world.stop();
    ({ url } = await other.start());
    for (const id of ["E-01", "E-02", "P-1"]) await joinEntity(url, "room-a", id);
    for (const id of ["E-01", "E-02"]) await joinEntity(url, "room-b", id);
    for (const id of ["P-1", "P-2", "P-3"]) await joinEntity(url, "room-c", id);
  });

  after(async () => {
    await world.remove();
    await other.stop();
  });

  const start = () => world.start({ RoomServer__BaseUrl: url });
  const entities = async (room: string) => [...(await readContents(url, room)).entities].sort();

  it("removes nothing of what others put into rooms of the same ids before a person confirms it", async () => {
    const from = world.roomServerUrl;
    await start();
    const { refusals, needsPerson, howToConfirm } = await world.reason(
      "room-a",
      "AdoptionNeedsConfirm",
    );
    expect(refusals[0]?.message).to.match(
      new RegExp(`^RoomServer.BaseUrl was ${from} and is ${url} since \\S+, and the room`),
    );
    expect(needsPerson?.reason).to.equal("AdoptionNeedsConfirm");
    expect(howToConfirm).to.include("Confirm: room-a");
    await world.verified("room-b");
    await world.reason("room-c", "AdoptionNeedsConfirm");
    expect(await entities("room-c")).to.include.members(["P-1", "P-2", "P-3"]);
    expect(await entities("room-a")).to.deep.equal(["E-01", "E-02", "P-1"]);
    const [changed] = await world.audit("server.changed");
    expect(changed?.metadata).to.include({ from, to: url, rooms: 3 });
    const lines = logOf(world).filter(({ message }) => message === "another RoomServer");
    expect(lines).to.have.length(1);
  });

  it("still asks after a restart, and no more once the room was verified there", async () => {
    await world.stop();
    await start();
    await world.reason("room-a", "AdoptionNeedsConfirm");
    expect(await world.audit("server.changed")).to.have.length(1);
    const commit = world.commit({}, "They may go\n\nConfirm: room-a");
    await world.reason("room-a", "Converged");
    expect(await entities("room-a")).to.deep.equal(["E-01", "E-02"]);
    const kicked = (await world.auditOf("room-a")).find(({ action }) => action === "entity.kicked");
    expect(kicked?.metadata["revision"]).to.not.equal(undefined);
    expect(JSON.stringify(await world.audit("confirm"))).to.include(commit);
    await joinEntity(url, "room-b", "P-9");
    await world.apply({ roomId: "room-b" });
    expect(await entities("room-b"), "drift of a room that was verified there").to.deep.equal([
      "E-01",
      "E-02",
    ]);
  });
});

describe("what was confirmed on the RoomServer before", () => {
  let world: AgentWorld;
  const other = createDevserver({ port: 0 });
  let url = "";
  const ALL = entityIds(4);
  const rooms = ["room-c", "room-p"] as const;

  before(async () => {
    world = await AgentWorld.create({ Git__Sources__0__Prune: "true" });
    const spec = (roomId: string) => specYaml({ roomId, entities: ALL });
    world.commit({
      "c.room.yaml": spec("room-c"),
      "p.room.yaml": spec("room-p"),
      "k.room.yaml": spec("room-k"),
    });
    await world.start();
    for (const room of rooms) await world.verified(room);
    ({ url } = await other.start());
    for (const room of rooms) for (const id of ALL) await joinEntity(url, room, id);
  });

  after(async () => {
    await world.remove();
    await other.stop();
  });

  const entities = async (room: string) => [...(await readContents(url, room)).entities].sort();

  async function run(command: typeof suspend, ...args: readonly string[]): Promise<void> {
    const io = new RecordedIo(world.folder);
    expect(await command([...args, "--url", world.url], io), io.err).to.equal(0);
  }

  it("is not carried out on another one, until it is confirmed there", async () => {
    for (const room of rooms) await run(suspend, room, "--reason", "the server moves");
    const shrunk = specYaml({ roomId: "room-c", version: 2, entities: entityIds(1) });
    const message = "Shrink c, close p\n\nConfirm: room-c, room-p";
    const commit = world.commit({ "c.room.yaml": shrunk, "p.room.yaml": null }, message);
    await world.observed(commit);
    await world.stop();
    await world.start({ RoomServer__BaseUrl: url });
    for (const room of rooms) await run(resume, room);
    const { refusals } = await world.reason("room-p", "PruneNeedsConfirm");
    expect(refusals[0]?.message).to.match(/4 of what .* whoever put them there$/);
    await world.reason("room-c", "ChangeThresholdExceeded");
    for (const room of rooms) expect(await entities(room)).to.deep.equal(ALL);
    const [changed] = await world.audit("server.changed");
    expect(changed?.metadata).to.include({ rooms: 3, confirmations: 2, intents: 0, rollbacks: 0 });
    const withdrawn = await world.audit("confirmation.withdrawn");
    expect(withdrawn.map(({ metadata }) => metadata["room"])).to.have.members([...rooms]);
    world.commit({}, "They may go there, too\n\nConfirm: room-c, room-p");
    await world.reason("room-p", "Pruned");
    await world.reason("room-c", "Converged");
    expect(await entities("room-c")).to.deep.equal(entityIds(1));
    expect(await entities("room-p")).to.deep.equal([]);
  });

  it("is neither where a commit says so before anything was read there", async () => {
    await world.stop();
    const spec = specYaml({ roomId: "room-k", version: 2, entities: entityIds(3) });
    const third = createDevserver({ port: 0 });
    const server = await third.start();
    try {
      for (const id of [...ALL, "P-1"]) await joinEntity(server.url, "room-k", id);
      await setFaults(server.url, { kind: "status", operation: "state", status: 503 });
      await world.start({ RoomServer__BaseUrl: server.url });
      await world.reason("room-k", "RoomServerUnavailable");
      const commit = world.commit({ "k.room.yaml": spec }, "Shrink k\n\nConfirm: room-k");
      await world.observed(commit);
      await setFaults(server.url);
      const { refusals, intentIgnored } = await world.reason("room-k", "AdoptionNeedsConfirm");
      expect(refusals[0]?.items).to.include("entity/E-04");
      expect(intentIgnored).to.have.length(1);
      expect(intentIgnored[0]).to.include({ commit, line: "Confirm: room-k" });
      expect(intentIgnored[0]?.reason).to.match(/nor read when this commit was\. Name the room/);
      const held = async () => [...(await readContents(server.url, "room-k")).entities].sort();
      expect(await held()).to.deep.equal([...ALL, "P-1"]);
      const more = specYaml({ roomId: "room-k", version: 3, entities: entityIds(2) });
      const next = world.commit({ "k.room.yaml": more }, "Shrink k again\n\nConfirm: true");
      await world.observed(next);
      await world.apply({ roomId: "room-k" });
      const now = await world.reason("room-k", "AdoptionNeedsConfirm");
      expect(now.refusals[0]?.items).to.include("entity/E-03");
      world.commit({}, "They may go\n\nConfirm: room-k");
      await world.reason("room-k", "Converged");
      expect(await held()).to.deep.equal(entityIds(2));
    } finally {
      await world.stop();
      await third.stop();
    }
  });
});
