import { expect } from "chai";
import { loadRooms } from "../../../agent/intake/load-rooms.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";

const nothingOpen = { readOpenIntents: () => Promise.resolve([]) };

describe("rooms at a start", () => {
  it("are loaded in turns, however many there are", async () => {
    const rooms = ["a", "b", "c", "d", "e"].map((roomId) => emptyRoom(roomId, null));
    let turns = 0;
    const take = (): void => {
      turns += 1;
      next = setImmediate(take);
    };
    let next = setImmediate(take);
    const onRoom = () => {
      const untilMs = performance.now() + 15;
      while (performance.now() < untilMs);
    };
    const loaded = await loadRooms(nothingOpen, {
      rooms,
      restored: new Set(),
      mode: "active",
      onRoom,
    });
    clearImmediate(next);
    expect(turns).to.be.at.least(4);
    expect(loaded.owners.all().map(({ roomId }) => roomId)).to.deep.equal([
      "a",
      "b",
      "c",
      "d",
      "e",
    ]);
  });
});
