import { expect } from "chai";
import { countProblems, firstProblems } from "../../../agent/spec/problems.ts";
import type { SpecProblem } from "../../../agent/spec/room-spec.ts";
import { parse, specText } from "../../support/parse.ts";

const unknown = (count: number) =>
  specText(Array.from({ length: count }, (_, at) => `unknown${at}: 1`).join("\n"));

const errorsOf = (text: string, maxFindings?: number): readonly SpecProblem[] => {
  const parsed = parse(text, maxFindings === undefined ? {} : { maxFindings });
  return parsed.kind === "valid" ? [] : parsed.errors;
};

describe("findings of a file", () => {
  for (const { found, most, listed } of [
    { found: 20, most: 20, listed: 20 },
    { found: 21, most: 20, listed: 21 },
    { found: 110, most: 20, listed: 21 },
    { found: 1000, most: 20, listed: 21 },
    { found: 1000, most: undefined, listed: 101 },
  ]) {
    it(`lists ${most ?? "100"} of ${found} and counts all`, () => {
      const errors = errorsOf(unknown(found), most);
      expect(errors).to.have.length(listed);
      expect(countProblems(errors)).to.equal(found);
    });
  }

  it("keeps the count exact when a list is cut again", () => {
    const errors = errorsOf(unknown(110), 20);
    const first = firstProblems(errors, 1);
    expect(first).to.have.length(2);
    expect(first[1]).to.include({
      further: 109,
      message: "109 further findings: correct these first",
    });
    expect(countProblems(first)).to.equal(110);
    expect(firstProblems(first, 1)).to.deep.equal(first);
  });

  it("says that there may be more where the search itself stopped", () => {
    const errors = errorsOf(`a: "\\q"\n`.repeat(3000), 20);
    expect(errors.at(-1)?.message).to.match(/^\d+ or more further findings/);
  });

  it("bounds each message, whatever the names in the file are", () => {
    const name = "x".repeat(1_000);
    const [error] = errorsOf(specText(`${name}:\n  ${name}: 1`));
    expect(error?.message.length).to.be.below(600);
    expect(error?.message).to.include("spec[");
  });
});
