import { expect } from "chai";
import * as fc from "fast-check";
import { backoffMs, retry } from "../../../agent/roomserver/retry.ts";
import type { Attempt, RetryOptions } from "../../../agent/roomserver/retry.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

const OPTIONS: RetryOptions = {
  maxAttempts: 3,
  initialDelayMs: 100,
  maxDelayMs: 5000,
  jitterFactor: 0.2,
};

describe("backoffMs", () => {
  for (const { attempt, random, want, reason } of [
    { attempt: 1, random: 0, want: 100, reason: "the first wait is the initial one" },
    { attempt: 1, random: 0.5, want: 110, reason: "half the jitter is added" },
    { attempt: 2, random: 0, want: 200, reason: "it doubles" },
    { attempt: 3, random: 0.999, want: 400 + 400 * 0.2 * 0.999, reason: "jitter grows with it" },
    { attempt: 6, random: 0, want: 3200, reason: "still under the cap" },
    { attempt: 7, random: 0, want: 5000, reason: "the cap holds" },
    { attempt: 6, random: 0.999, want: 3200 + 3200 * 0.2 * 0.999, reason: "jitter under the cap" },
    { attempt: 7, random: 0.999, want: 5000, reason: "the cap is applied after the jitter" },
    { attempt: 2000, random: 0.5, want: 5000, reason: "no overflow" },
  ]) {
    it(`is ${want} ms after failure ${attempt} at random ${random}`, () => {
      expect(
        backoffMs(attempt, OPTIONS, () => random),
        reason,
      ).to.equal(want);
    });
  }

  it("never leaves [initial, max] whatever the options", () => {
    fc.assert(
      fc.property(
        fc.record({
          attempt: fc.integer({ min: 1, max: 100 }),
          initialDelayMs: fc.integer({ min: 0, max: 1000 }),
          jitterFactor: fc.double({ min: 0, max: 5, noNaN: true }),
          random: fc.double({ min: 0, max: 0.999, noNaN: true }),
        }),
        ({ attempt, random, ...given }) => {
          const options = { ...given, maxDelayMs: 5000, maxAttempts: 3 };
          const waitMs = backoffMs(attempt, options, () => random);
          return waitMs >= given.initialDelayMs && waitMs <= 5000;
        },
      ),
      { numRuns: 200 },
    );
  });
});

const transient = (
  failure: { maybeDone?: boolean; retryAfterMs?: number } = {},
  resend = true,
): Attempt<string> => ({
  kind: "transient",
  resend,
  failure: { kind: "unavailable", message: "down", maybeDone: true, ...failure },
});
const success: Attempt<string> = { kind: "final", value: "yes" };

describe("retry", () => {
  const clock = () => new FakeClock();

  /** Plays `attempts` one after the other and writes down when each began. */
  async function play(
    attempts: readonly Attempt<string>[],
    forMs: number,
    options: Partial<RetryOptions> = {},
  ) {
    const time = clock();
    const startsMs: number[] = [];
    let next = 0;
    let ended: unknown;
    const controller = new AbortController();
    void retry(
      async () => {
        startsMs.push(time.monotonicMs());
        const attempt = attempts[next];
        next += 1;
        if (attempt === undefined) throw new Error("one request too many");
        return attempt;
      },
      { ...OPTIONS, ...options },
      { clock: time, random: () => 0, signal: controller.signal },
    ).then((value) => (ended = value));
    await time.advance(forMs);
    return { startsMs, ended, sleeping: time.sleeping };
  }

  it("counts requests, not repetitions", async () => {
    const { startsMs, ended } = await play([transient(), transient(), transient()], 10_000);
    expect(startsMs).to.deep.equal([0, 100, 300]);
    expect(ended).to.deep.equal({ kind: "unavailable", message: "down", maybeDone: true });
  });

  it("ends with the first final answer", async () => {
    const { startsMs, ended } = await play([transient(), success], 10_000);
    expect(startsMs).to.deep.equal([0, 100]);
    expect(ended).to.equal("yes");
  });

  it("sends once when only one request is allowed", async () => {
    const { startsMs, ended } = await play([transient()], 10_000, { maxAttempts: 1 });
    expect(startsMs).to.deep.equal([0]);
    expect(ended).to.include({ kind: "unavailable" });
  });

  it("does not send again what may not be", async () => {
    const { startsMs, ended } = await play([transient({}, false)], 10_000);
    expect(startsMs).to.deep.equal([0]);
    expect(ended).to.include({ maybeDone: true });
  });

  it("waits for Retry-After where that is longer than the backoff", async () => {
    const attempts = [
      transient({ retryAfterMs: 3000 }),
      transient({ retryAfterMs: 50 }),
      transient(),
    ];
    const { startsMs } = await play(attempts, 10_000);
    expect(startsMs).to.deep.equal([0, 3000, 3200]);
  });

  it("waits a minute in place, and gives up at once when asked for more", async () => {
    const minute = await play([transient({ retryAfterMs: 60_000 }), success], 60_000);
    expect(minute.ended).to.equal("yes");
    const more = await play([transient({ retryAfterMs: 60_001, maybeDone: false })], 0);
    expect(more.ended).to.deep.equal({
      kind: "unavailable",
      message: "down",
      maybeDone: false,
      retryAfterMs: 60_001,
    });
    expect(more.sleeping).to.equal(0);
  });

  it("says `maybeDone` when any of the requests may have been done", async () => {
    const refused = transient({ maybeDone: false });
    const once = await play([transient(), refused, refused], 10_000);
    expect(once.ended).to.include({ maybeDone: true });
    const never = await play([refused, refused, refused], 10_000);
    expect(never.ended).to.include({ maybeDone: false });
  });

  it("stops waiting as soon as the signal aborts", async () => {
    const time = clock();
    const controller = new AbortController();
    const running = rejection(
      retry(async () => transient(), OPTIONS, {
        clock: time,
        random: () => 0,
        signal: controller.signal,
      }),
    );
    await settled();
    expect(time.sleeping).to.equal(1);
    controller.abort(new Error("stopping"));
    expect((await running).message).to.equal("stopping");
    expect(time.sleeping).to.equal(0);
  });
});
