import { expect } from "chai";
import { statusDescription } from "../../../agent/forge/status-description.ts";

describe("the description of a status", () => {
  const cases: readonly [text: string, shown: string][] = [
    ["", ""],
    ["2 rooms change", "2 rooms change"],
    ["  a\n\n\tb\u2028c\u0007d  ", "a b c d"],
    ["x".repeat(140), "x".repeat(140)],
    ["x".repeat(141), `${"x".repeat(139)}…`],
    // A character of two units is not cut in half.
    ["x".repeat(138) + "😀😀", `${"x".repeat(138)}…`],
    [`${"x".repeat(138)} y z`, `${"x".repeat(138)}…`],
  ];
  for (const [text, shown] of cases) {
    it(`of ${text.length} units ending in ${JSON.stringify(text.slice(-6))} is cut`, () => {
      expect(statusDescription(text)).to.equal(shown);
      expect(shown.length).to.be.at.most(140);
    });
  }
});
