import { expect } from "chai";
import { loadRooms } from "../../../agent/intake/load-rooms.ts";
import { RoomOwners } from "../../../agent/intake/source-index.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import { othersTurns, work } from "../../support/others-turns.ts";

const nothingOpen = { readOpenIntents: () => Promise.resolve([]) };

describe("rooms at a start", () => {
  it("are loaded in turns, however many there are", async () => {
    const rooms = ["a", "b", "c", "d", "e"].map((roomId) => emptyRoom(roomId, null));
    let loaded = new RoomOwners();
    const turns = await othersTurns(async () => {
      const given = { rooms, restored: new Set<string>(), mode: "active" as const };
      const { owners } = await loadRooms(nothingOpen, { ...given, onRoom: () => work(15) });
      loaded = owners;
    });
    expect(turns).to.be.at.least(4);
    expect(Array.from(loaded.all(), ({ roomId }) => roomId)).to.deep.equal([
      "a",
      "b",
      "c",
      "d",
      "e",
    ]);
  });
});
