import { expect } from "chai";
import { meantRoom } from "../../../agent/store/meant-room.ts";

describe("meantRoom", () => {
  const store = (ids: readonly string[]) => ({ readRoomIds: () => Promise.resolve(ids) });
  const many = Array.from({ length: 5001 }, (_unused, index) => `room-${index}`);

  for (const { name, asked, known, want } of [
    {
      name: "two letters that changed places",
      asked: "lba-01",
      known: ["hall", "lab-01"],
      want: '; did you mean "lab-01"?',
    },
    {
      name: "another letter case",
      asked: "LAB-01",
      known: ["lab-01"],
      want: '; did you mean "lab-01"?',
    },
    {
      name: "the nearest of several",
      asked: "lab-011",
      known: ["lab-0", "lab-01"],
      want: '; did you mean "lab-01"?',
    },
    { name: "nothing like it", asked: "kitchen", known: ["lab-01"], want: ":" },
    { name: "no room at all", asked: "lab-01", known: [], want: ":" },
    { name: "more rooms than are compared", asked: "room-50x", known: many, want: ":" },
    { name: "an id of 10,000 letters", asked: "x".repeat(10_000), known: ["lab-01"], want: ":" },
  ]) {
    it(`asks for ${name}: ${want}`, async () => {
      expect(await meantRoom(asked, store(known))).to.equal(want);
    });
  }

  it("continues as its caller says", async () => {
    expect(await meantRoom("kitchen", store(["lab-01"]), ";")).to.equal(";");
  });
});
