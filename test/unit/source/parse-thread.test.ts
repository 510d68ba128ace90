import { expect } from "chai";
import { judgeFile } from "../../../agent/source/parse-thread.ts";

describe("judgeFile", () => {
  const rows = [
    { usedMs: 0, tookMs: 0, verdict: "wait" },
    { usedMs: 3_999, tookMs: 5_000, verdict: "wait" },
    { usedMs: 4_000, tookMs: 5_000, verdict: "tooSlow" },
    { usedMs: 4_000, tookMs: 60_000, verdict: "tooSlow" },
    { usedMs: 20, tookMs: 49_999, verdict: "wait" },
    { usedMs: 3_999, tookMs: 50_000, verdict: "starved" },
  ] as const;
  for (const { usedMs, tookMs, verdict } of rows) {
    it(`says ${verdict} of a file that used ${usedMs} ms in ${tookMs} ms, of 5000 ms`, () => {
      expect(judgeFile({ usedMs, tookMs }, 5_000)).to.equal(verdict);
    });
  }
});
