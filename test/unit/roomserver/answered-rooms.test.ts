import { expect } from "chai";
import { AnsweredRooms } from "../../../agent/roomserver/answered-rooms.ts";

describe("AnsweredRooms", () => {
  it("knows of a room that another one is shown", () => {
    const rooms = new AnsweredRooms();
    expect(rooms.hasOther("a")).to.equal(false);
    rooms.note("a", true);
    expect([rooms.hasOther("a"), rooms.hasOther("b")]).to.deep.equal([false, true]);
    for (const room of ["b", "b", "b"]) rooms.note(room, true);
    expect(["a", "b", "c"].map((room) => rooms.hasOther(room))).to.deep.equal([true, true, true]);
  });

  it("forgets a room that is not shown any more", () => {
    const rooms = new AnsweredRooms();
    for (const room of ["a", "b"]) rooms.note(room, true);
    rooms.note("a", false);
    expect(["b", "c"].map((room) => rooms.hasOther(room))).to.deep.equal([false, true]);
    rooms.note("b", false);
    expect(rooms.hasOther("c")).to.equal(false);
  });

  it("keeps what it knows when a room that was never shown is not", () => {
    const rooms = new AnsweredRooms();
    rooms.note("a", true);
    rooms.note("gone", false);
    expect(rooms.hasOther("gone")).to.equal(true);
  });
});
