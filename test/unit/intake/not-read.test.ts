import { expect } from "chai";
import { renamedTo } from "../../../agent/intake/not-read.ts";

const LAB = "rooms/lab.room.yaml";

describe("a spec that is renamed to a name that is not read", () => {
  const ROWS: readonly (readonly [string, readonly string[], readonly string[], string | null])[] =
    [
      ["by its name", [], ["rooms/a.yaml", "other/lab.yml"], "other/lab.yml"],
      ["by its folder", [], ["other/a.yaml", "rooms/b.yaml"], "rooms/b.yaml"],
      ["not in another folder by another name", [], ["other/a.yaml", "c.yaml"], null],
      ["not where it was there before", ["rooms/lab.yaml"], ["rooms/lab.yaml"], null],
      ["not where all files are read", [], [], null],
    ];
  for (const [name, before, now, want] of ROWS) {
    it(`is found ${name}`, () => {
      const found = renamedTo(LAB, { before: [{ notRead: before }, {}], now: [{ notRead: now }] });
      expect(found).to.equal(want);
    });
  }
});
