import { expect } from "chai";
import { parseDuration } from "../../../agent/config/values.ts";

describe("parseDuration", () => {
  for (const [text, want] of [
    ["250ms", 250],
    ["5s", 5000],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["0s", 0],
    ["5", undefined],
    ["5S", undefined],
    ["s", undefined],
    [".5s", undefined],
    ["5s ", undefined],
    ["-5s", undefined],
    ["5d", undefined],
    ["1e3ms", undefined],
    ["9999999999h", undefined],
  ] as const) {
    it(`reads ${JSON.stringify(text)} as ${want ?? "none"}`, () => {
      expect(parseDuration(text)).to.equal(want);
    });
  }
});
