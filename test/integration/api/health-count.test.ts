import { expect } from "chai";
import { aCondition } from "../../support/explain-facts.ts";
import { aVerifiedRoom } from "../../support/a-verified-room.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { type RunningApi, byContract, startApi } from "../../support/running-api.ts";

describe("the count of rooms in /health", () => {
  const clock = new FakeClock();
  let api: RunningApi;
  beforeEach(async () => {
    api = await startApi({ clock });
  });
  afterEach(() => api.stop());
  const health = async () => byContract("health", await api.ask("/health"));

  it("is of the moment of the timestamp, and at most 5 s old, where reading the rooms takes long", async () => {
    const read = api.store.readRooms.bind(api.store);
    api.store.readRooms = async (page) => {
      const rooms = await read(page);
      await clock.advance(200);
      return rooms;
    };
    const timestamp = new Date(clock.nowMs()).toISOString();
    expect(await health()).to.include({ status: "healthy", timestamp });
    const conditions = [aCondition({ type: "Stalled", status: "True", reason: "NotConverged" })];
    await api.store.write([{ kind: "room", row: aVerifiedRoom({ conditions }) }]);
    await clock.advance(4700);
    expect(await health()).to.include({ status: "healthy", timestamp });
    await clock.advance(100);
    expect(await health()).to.include({ status: "degraded" });
  });
});
