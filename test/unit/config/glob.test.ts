import { expect } from "chai";
import * as fc from "fast-check";
import { matchesAnyGlob } from "../../../agent/config/glob.ts";

const cases: readonly (readonly [name: string, globs: readonly string[], want: boolean])[] = [
  ["room-a", ["*"], true],
  ["", ["*"], true],
  ["", [""], true],
  ["room-a", [""], false],
  ["room-a", [], false],
  ["room-a", ["room-a"], true],
  ["room-ab", ["room-a"], false],
  ["a-room-a", ["room-a"], false],
  ["room-a", ["ROOM-A"], false],
  ["team-x-room", ["team-*"], true],
  ["team-", ["team-*"], true],
  ["team", ["team-*"], false],
  ["team-x-room", ["*-room"], true],
  ["team-x-rooms", ["*-room"], false],
  ["team-x-room", ["team-*-room"], true],
  ["team--room", ["team-*-room"], true],
  ["team-room", ["team-*-room"], false],
  ["abcabcd", ["*abcd"], true],
  ["aab", ["a*ab"], true],
  ["ab", ["a*ab"], false],
  ["room-a", ["other", "room-*"], true],
  ["room.a", ["room?a"], false],
  ["roomXa", ["room.a"], false],
  ["room[a]", ["room[a]"], true],
  ["room-a", ["**"], true],
  ["room-a", ["*-*-*"], false],
];

describe("matchesAnyGlob", () => {
  for (const [name, globs, want] of cases) {
    it(`${want ? "matches" : "does not match"} "${name}" with ${JSON.stringify(globs)}`, () => {
      expect(matchesAnyGlob(name, globs)).to.equal(want);
    });
  }

  it("agrees with a regular expression on any name", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (name, glob) => {
        const expression = new RegExp(`^${glob.replaceAll("*", "[^]*")}$`);
        expect(matchesAnyGlob(name, [glob])).to.equal(expression.test(name));
      }),
      { numRuns: 500 },
    );
  });

  it("is not slow on a pattern that makes others backtrack", () => {
    expect(matchesAnyGlob("a".repeat(5000), [`${"a*".repeat(200)}b`])).to.equal(false);
  });
});
