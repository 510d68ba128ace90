import { expect } from "chai";
import { createDevserver } from "../../../devserver/devserver.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { logOf } from "../../support/attention-checks.ts";
import { joinEntity, readContents } from "../../support/devserver-client.ts";
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
