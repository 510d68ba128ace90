import { expect } from "chai";
import {
  fetchDeadlines,
  pollDeadlines,
} from "../../../../../agent/source/git/wire/git-deadlines.ts";

describe("pollDeadlines", () => {
  const cases = [
    { name: "the first poll", pollMs: 20_000, mostMs: 60_000, timeouts: 0, totalMs: 20_000 },
    { name: "after one timeout", pollMs: 20_000, mostMs: 60_000, timeouts: 1, totalMs: 40_000 },
    { name: "at the most", pollMs: 20_000, mostMs: 60_000, timeouts: 2, totalMs: 60_000 },
    { name: "after months", pollMs: 20_000, mostMs: 60_000, timeouts: 9_999, totalMs: 60_000 },
    { name: "above TimeoutSeconds", pollMs: 90_000, mostMs: 60_000, timeouts: 3, totalMs: 90_000 },
  ] as const;
  for (const { name, totalMs, ...patience } of cases) {
    it(`gives ${totalMs} ms, half of it to the headers: ${name}`, () => {
      const deadlines = pollDeadlines(patience);
      expect(deadlines).to.include({ totalMs, headersMs: totalMs / 2, idleMs: totalMs / 2 });
      expect(deadlines.notes?.headers).to.include("PollTimeoutSeconds");
    });
  }
});

describe("fetchDeadlines", () => {
  it("names TimeoutSeconds for the whole, and no key for the silence", () => {
    const { notes } = fetchDeadlines(60_000, 15_000);
    expect(notes?.total).to.include("TimeoutSeconds (60 s)");
    expect(notes?.idle).to.include("15 s");
  });
});
