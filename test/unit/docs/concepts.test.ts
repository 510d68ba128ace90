import { expect } from "chai";
import { REASONS } from "../../../agent/status/reasons.ts";
import { CONDITION_TYPES } from "../../../agent/status/condition.ts";
import { OUTCOMES, PHASES } from "../../../agent/telemetry/labels.ts";
import { codes, Page } from "../../support/page.ts";

const page = Page.read("docs/concepts.md");

describe("docs/concepts.md", () => {
  it("explains each word once", () => {
    const words = page
      .rows()
      .flatMap(([cell = ""]) => (cell.startsWith("`") ? [] : cell.split(", ")));
    expect(words.length).to.be.above(25);
    expect(words).to.deep.equal([...new Set(words)]);
  });

  it("lists the phases in their order, and outcomes that exist", () => {
    const passes = page.section("Passes");
    const phases = passes.rows().flatMap(([cell]) => codes(cell ?? ""));
    expect(phases).to.deep.equal(PHASES);
    const [, outcomes = ""] = /outcome\* is one of ([^]*?) and \[/.exec(passes.text) ?? [];
    expect(codes(outcomes)).to.have.length.above(3);
    expect(OUTCOMES).to.include.members(codes(outcomes));
  });

  it("names reasons and conditions that exist", () => {
    const named = codes(page.text).filter((code) => /^(?:[A-Z][a-z]+)+$/.test(code));
    const keys = ["IntervalSeconds"];
    expect(named.length).to.be.above(4);
    expect([...Object.keys(REASONS), ...CONDITION_TYPES, ...keys]).to.include.members(named);
  });
});
