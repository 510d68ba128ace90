import { expect } from "chai";
import { parseTrailers } from "../../../agent/intent/trailers.ts";

/** A line of the last paragraph, and the end of the reason why it does not count. */
const CASES: readonly (readonly [line: string, says: string])[] = [
  ["dry-run: true", "it is not written exactly: write `Dry-Run: true`"],
  ["dry-run: yes", "it is not written exactly: write `Dry-Run: true`"],
  ["Dry-Run:true", "it is not written exactly: write `Dry-Run: true`"],
  ["confirm: help-desk-01", "it is not written exactly: write `Confirm: help-desk-01`"],
  ["confirm: a-1 b-2,c-3", "it is not written exactly: write `Confirm: a-1, b-2, c-3`"],
  ["Confirm:", "write `Confirm: true`, or room ids separated by commas in place of `true`"],
  ["confirm: a-1, true", "or room ids separated by commas in place of `true`"],
  ["dry-run: false", "leave it out, because `Dry-Run` has no value like `false`"],
  ["Override-Window:", "write `Override-Window: <reason>`"],
  ["override-window: it burns", "write `Override-Window: it burns`"],
  ["Dry-Run true", "it has no colon: write `Dry-Run: true`"],
  ["DryRun: true", "or `Override-Window`: write `Dry-Run: true`"],
  ["> Confirm: lab-01", "or `Override-Window`: write `Confirm: lab-01`"],
];

describe("the reason why a line does not count", () => {
  for (const [line, says] of CASES) {
    it(`says what to write for \`${line}\``, () => {
      const { ignored, trailers } = parseTrailers(`Change the room\n\n${line}\n`);
      expect(trailers).to.deep.equal([]);
      expect(ignored.map(({ reason }) => reason)).to.have.length(1);
      expect(ignored[0]?.reason.endsWith(says), ignored[0]?.reason).to.equal(true);
    });
  }

  it("suggests a line that counts", () => {
    for (const [line] of CASES) {
      const [found] = parseTrailers(`Change the room\n\n${line}\n`).ignored;
      const written = /write `([^`<]+)`/.exec(found?.reason ?? "")?.[1];
      if (written === undefined) continue;
      const { ignored } = parseTrailers(`Change the room\n\n${written}\n`);
      expect(ignored, `${line} -> ${written}`).to.deep.equal([]);
    }
  });
});
