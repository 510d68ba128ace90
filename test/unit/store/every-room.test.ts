import { expect } from "chai";
import { everyRoom } from "../../../agent/store/every-room.ts";
import { aRoomRow } from "../../support/a-row.ts";
import { MemoryStore } from "../../support/memory-store.ts";

describe("all rooms of a store", () => {
  for (const count of [0, 1, 499, 500, 501, 1200]) {
    it(`are given once each, page by page: ${count}`, async () => {
      const store = new MemoryStore();
      const ids = Array.from({ length: count }, (_, at) => `room-${String(at).padStart(4, "0")}`);
      await store.write(ids.map((roomId) => ({ kind: "room", row: aRoomRow({ roomId }) })));
      const rooms = await Array.fromAsync(everyRoom(store));
      expect(rooms.map(({ roomId }) => roomId)).to.deep.equal(ids);
    });
  }
});
