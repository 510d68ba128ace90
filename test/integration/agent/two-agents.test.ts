import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { eventually } from "../../support/eventually.ts";
import { specYaml } from "../../support/spec-yaml.ts";

const ROOM = "room-wanted-by-two";
const spec = (name: string) =>
  specYaml({ roomId: ROOM, entities: [{ id: "E-1", kind: "agent", displayName: name }] });

describe("two agents with contradicting specs of one room", () => {
  let one: AgentWorld;
  let two: AgentWorld;

  before(async () => {
    one = await AgentWorld.create();
    two = await AgentWorld.create();
    one.commit({ "rooms/a.room.yaml": spec("Ada") });
    await one.start();
    await one.verified(ROOM);
    two.commit({ "rooms/b.room.yaml": spec("Bob") });
    await two.start({ RoomServer__BaseUrl: one.roomServerUrl });
  });

  after(async () => {
    await one.remove();
    await two.remove();
  });

  it("find out, say so, and slow down", async () => {
    const { conditions } = await eventually(
      "one of them says Contested",
      async () => {
        const rooms = [await one.room(ROOM), await two.room(ROOM)];
        return rooms.find((room) => room.conditions.some(({ type }) => type === "Contested"));
      },
      60_000,
    );
    const contested = conditions.find(({ type }) => type === "Contested");
    expect(contested?.message).to.match(/entity\/E-1 \(corrected \d+ times\)/);
    const all = [...(await one.audit("room.contested")), ...(await two.audit("room.contested"))];
    expect(all).not.to.deep.equal([]);
    await eventually("the log says so", () =>
      [one.said, two.said].join().includes("room contested"),
    );
    const loud = (await one.audit("room.contested")).length > 0 ? one : two;
    expect(await loud.text(`/rooms/${ROOM}/explain`)).to.include("Contested");
    expect(await loud.text("/metrics")).to.match(/room_operator_rooms_contested(\{[^}]*\})? 1/);
    expect(await loud.text("/health")).to.include(ROOM);
  });
});
