import { expect } from "chai";
import { cachedRoom, RoomCache } from "../../../agent/store/sqlite-room-cache.ts";
import { aRoomRow } from "../../support/a-row.ts";

const KIB = 1024;

describe("the rooms of a store that are in memory", () => {
  const cached = (roomId: string, chars: number) =>
    cachedRoom(aRoomRow({ roomId }), "x".repeat(chars));

  it("are those used last, up to 1 Mi characters of documents", () => {
    const rooms = new RoomCache();
    for (const roomId of ["a", "b", "c"]) rooms.set(cached(roomId, 300 * KIB));
    expect(rooms.get("a")?.roomId).to.equal("a");
    rooms.set(cached("d", 300 * KIB));
    expect(["a", "b", "c", "d"].filter((roomId) => rooms.get(roomId) !== undefined)).to.deep.equal([
      "a",
      "c",
      "d",
    ]);
  });

  it("do not hold one that is larger", () => {
    const rooms = new RoomCache();
    rooms.set(cached("a", 2048 * KIB));
    expect(rooms.get("a")).to.equal(undefined);
    rooms.set(cached("b", 1));
    expect(rooms.get("b")?.document).to.equal("x");
  });

  it("make room again when one is replaced or forgotten", () => {
    const rooms = new RoomCache();
    for (let time = 0; time < 5; time += 1) rooms.set(cached("a", 600 * KIB));
    rooms.delete("a");
    rooms.delete("never there");
    rooms.set(cached("b", 500 * KIB));
    rooms.set(cached("c", 500 * KIB));
    expect(rooms.get("b")?.roomId).to.equal("b");
  });
});
