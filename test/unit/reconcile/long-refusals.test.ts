import { expect } from "chai";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

describe("a refusal of thousands of removals", () => {
  it("is audited once, in part, whatever ids the RoomServer shows at each read", async () => {
    const world = new PassWorld();
    await world.verified({ entities: ["E-1"] });
    for (let read = 0; read < 5; read += 1) {
      const strangers = Array.from({ length: 2000 }, (_, at) => ({
        id: `${read}-${at}-${"x".repeat(900)}`,
      }));
      world.server.view = (state) => ({ ...state, entities: [...state.entities, ...strangers] });
      await world.pass();
    }
    const records = await world.store.readAudit({ count: 10_000, roomId: A_ROOM });
    const refused = records.filter(({ action }) => action === "room.refused");
    expect(refused).to.have.length(1);
    expect(JSON.stringify(refused).length).to.be.lessThan(60_000);
    expect(JSON.stringify(refused)).to.include('"moreItems":1950');
  });
});
