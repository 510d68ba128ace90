import { expect } from "chai";
import { foreignKind } from "../../../agent/intent/foreign-kind.ts";

const LINE = { stands: "line" } as const;
const MERGED = { stands: "merged" } as const;

const ROWS = [
  { found: "other", kind: "confirm", words: LINE, expected: "foreign" },
  { found: "other", kind: "dryRun", words: LINE, expected: "foreign" },
  { found: "read", kind: "confirm", words: LINE, expected: "read" },
  { found: "read", kind: "dryRun", words: MERGED, expected: "read" },
  { found: "claimed", kind: "confirm", words: LINE, expected: "claimed" },
  { found: "claimed", kind: "dryRun", words: LINE, expected: "read" },
  { found: "claimed", kind: "dryRun", words: MERGED, expected: "claimed" },
] as const;

describe("the name of a room of another source", () => {
  for (const { found, kind, words, expected } of ROWS)
    it(`is "${expected}" in a ${kind} of a commit on the ${words.stands} where it is "${found}"`, () => {
      const foreignName = () => found;
      expect(foreignKind("room-x", { kind, words }, { foreignName })).to.equal(expected);
    });

  it("belongs to another source where that is all that is known", () => {
    expect(foreignKind("room-x", { kind: "confirm", words: LINE }, {})).to.equal("foreign");
  });
});
