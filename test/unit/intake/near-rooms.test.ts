import { expect } from "chai";
import { nearRooms } from "../../../agent/intake/near-rooms.ts";

describe("nearRooms", () => {
  const at = (source: string) => ({ kind: "git", source, path: "a.yaml" }) as const;

  it("knows the rooms of the source alone", () => {
    const rooms = [
      { roomId: "lab-01", owner: at("specs") },
      { roomId: "desk-01", owner: at("others") },
      { roomId: "hall-01", owner: null },
    ];
    const meantBy = nearRooms({ name: "specs", owners: { all: () => rooms } });
    expect(["lab", "desk", "hall"].map(meantBy)).to.deep.equal(["lab-01", undefined, undefined]);
  });

  it("compares five names of a fetch, each once", () => {
    let reads = 0;
    const all = () => {
      reads += 1;
      return [{ roomId: "lab-01", owner: at("specs") }];
    };
    const meantBy = nearRooms({ name: "specs", owners: { all } });
    const names = ["lab", "lab-1", "lab-2", "lab-3", "lab-4", "lab-5", "lab"];
    const [sixth, again] = names.map(meantBy).slice(-2);
    expect([sixth, again, reads]).to.deep.equal([undefined, "lab-01", 1]);
  });
});
