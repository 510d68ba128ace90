import { expect } from "chai";
import { answeredAtMs } from "../../../agent/kernel/answered-at.ts";

const NOW_MS = Date.UTC(2036, 0, 1);

describe("answeredAtMs", () => {
  const cases = [
    { date: "Thu, 01 Jan 2026 00:00:00 GMT", want: Date.UTC(2026, 0, 1) },
    { date: undefined, want: NOW_MS },
    { date: "", want: NOW_MS },
    { date: "soon", want: NOW_MS },
  ] as const;
  for (const { date, want } of cases) {
    it(`takes ${JSON.stringify(date)} for ${new Date(want).toISOString()}`, () => {
      expect(answeredAtMs(date, NOW_MS)).to.equal(want);
    });
  }
});
