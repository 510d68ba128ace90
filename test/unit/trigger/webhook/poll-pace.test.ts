import { expect } from "chai";
import { PollPace } from "../../../../agent/trigger/webhook/poll-pace.ts";

const A = "a".repeat(40);

describe("the interval of a source with a webhook", () => {
  for (const [configured, slow] of [
    [0.1, 0.6],
    [10, 60],
    [50, 300],
    [60, 300],
    [300, 300],
    [3600, 3600],
  ] as const) {
    it(`grows from ${configured} s to ${slow} s`, () => {
      const pace = new PollPace(configured * 1000);
      expect(pace.intervalMs).to.equal(configured * 1000);
      pace.announce(A, 0);
      pace.found(A, 0);
      expect(pace.intervalMs).to.be.closeTo(slow * 1000, 0.001);
    });
  }
});
