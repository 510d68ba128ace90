import { expect } from "chai";
import { nearest } from "../../../agent/kernel/nearest.ts";

describe("nearest", () => {
  const known = ["Port", "Host", "IntervalSeconds", "MaxAttempts"];
  for (const [name, want] of [
    ["port", "Port"],
    ["Prot", "Port"],
    ["IntervalSecond", "IntervalSeconds"],
    ["IntervallSecnds", "IntervalSeconds"],
    ["Attempts", undefined],
    ["X", undefined],
    ["", undefined],
    ["Completely", undefined],
  ] as const) {
    it(`takes ${JSON.stringify(name)} for ${want ?? "nothing"}`, () => {
      expect(nearest(name, known)).to.equal(want);
    });
  }

  it("does not work on names without end", () => {
    expect(nearest("P".repeat(100_000), known)).to.equal(undefined);
  });
});
