import { expect } from "chai";
import * as fc from "fast-check";
import { KeyBackoff, pollDelayMs } from "../../../agent/queue/backoff.ts";

describe("KeyBackoff", () => {
  it("doubles the bound with each failure of the same key", () => {
    const backoff = new KeyBackoff({ random: () => 1 });
    expect([1, 2, 3].map(() => backoff.next("a"))).to.deep.equal([1000, 2000, 4000]);
    expect(backoff.next("b")).to.equal(1000);
    backoff.reset("a");
    expect(backoff.next("a")).to.equal(1000);
  });

  it("waits anywhere between nothing and the bound", () => {
    for (const [random, want] of [
      [0, 0],
      [0.25, 250],
      [0.5, 500],
    ] as const) {
      expect(new KeyBackoff({ random: () => random }).next("a")).to.equal(want);
    }
  });

  it("stays within its cap after any number of failures", () => {
    const backoff = new KeyBackoff({ random: () => 1, baseMs: 10, capMs: 500 });
    const delays = Array.from({ length: 3000 }, () => backoff.next("a"));
    expect(Math.max(...delays)).to.equal(500);
  });
});

describe("pollDelayMs", () => {
  const middle = () => 0.5;
  const cases: readonly { name: string; given: Parameters<typeof pollDelayMs>[0]; want: number }[] =
    [
      {
        name: "is one interval after a good answer",
        given: { intervalMs: 10_000, failures: 0, random: middle },
        want: 10_000,
      },
      {
        name: "is two intervals after one failure",
        given: { intervalMs: 10_000, failures: 1, random: middle },
        want: 20_000,
      },
      {
        name: "is four intervals after two",
        given: { intervalMs: 10_000, failures: 2, random: middle },
        want: 40_000,
      },
      {
        name: "is at most five intervals",
        given: { intervalMs: 10_000, failures: 3, random: middle },
        want: 50_000,
      },
      {
        name: "is at most five intervals after very many",
        given: { intervalMs: 10_000, failures: 5000, random: middle },
        want: 50_000,
      },
      {
        name: "follows a longer Retry-After",
        given: { intervalMs: 10_000, failures: 9, retryAfterMs: 120_000, random: () => 0 },
        want: 120_000,
      },
      {
        name: "follows a Retry-After shorter than the backoff",
        given: { intervalMs: 10_000, failures: 9, retryAfterMs: 20_000, random: () => 0 },
        want: 20_000,
      },
      {
        name: "is one interval when Retry-After is shorter",
        given: { intervalMs: 10_000, failures: 9, retryAfterMs: 0, random: () => 0 },
        want: 10_000,
      },
      {
        name: "bounds a Retry-After by an hour",
        given: { intervalMs: 10_000, failures: 1, retryAfterMs: 1e12, random: () => 0 },
        want: 3_600_000,
      },
      {
        name: "bounds a Retry-After by the interval if that is longer",
        given: { intervalMs: 7_200_000, failures: 1, retryAfterMs: 1e12, random: () => 0 },
        want: 7_200_000,
      },
      {
        name: "takes no notice of a Retry-After that is no number",
        given: { intervalMs: 10_000, failures: 1, retryAfterMs: Number.NaN, random: middle },
        want: 20_000,
      },
    ];
  for (const { name, given, want } of cases) {
    it(name, () => {
      expect(pollDelayMs(given)).to.equal(want);
    });
  }

  it("stays within a tenth of its value, and never undercuts a Retry-After", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e7 }),
        fc.nat(40),
        fc.option(fc.nat(1e9), { nil: undefined }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (intervalMs, failures, retryAfterMs, jitter) => {
          const delayMs = pollDelayMs({
            intervalMs,
            failures,
            ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
            random: () => jitter,
          });
          const longest =
            retryAfterMs === undefined ? intervalMs * 5 : Math.max(intervalMs, 3_600_000);
          expect(delayMs).to.be.at.least(Math.floor(intervalMs * 0.9));
          expect(delayMs).to.be.at.most(Math.ceil(longest * 1.1));
          if (retryAfterMs !== undefined)
            expect(delayMs).to.be.at.least(Math.min(retryAfterMs, longest));
        },
      ),
      { numRuns: 300 },
    );
  });
});
