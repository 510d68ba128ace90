import { expect } from "chai";
import { isPlainHttpUrl, parseDuration } from "../../../agent/config/values.ts";

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

describe("isPlainHttpUrl", () => {
  for (const [name, text, want] of [
    ["http", "http://localhost:5000", true],
    ["https with a path", "https://git.test/a/b.git", true],
    ["a user", "https://me@git.test/a", false],
    ["a query", "https://git.test/a?b", false],
    ["another scheme", "ssh://git.test/a", false],
    ["no host", "http://", false],
    ["a host that goes on and on", `http://rseUrl=${"httseUrl=".repeat(4000)}`, false],
  ] as const) {
    it(`says ${want} of ${name}`, () => {
      expect(isPlainHttpUrl(text)).to.equal(want);
    });
  }
});
