import { expect } from "chai";
import { createRateLimiter } from "../../../agent/roomserver/rate-limiter.ts";
import type { RateLimiter } from "../../../agent/roomserver/rate-limiter.ts";
import type { Trigger } from "../../../agent/kernel/trigger.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

const NEVER = new AbortController().signal;

describe("RateLimiter", () => {
  let clock: FakeClock;
  let starts: string[];

  beforeEach(() => {
    clock = new FakeClock();
    starts = [];
  });

  const ask = (limiter: RateLimiter, name: string, priority: Trigger = "git") => {
    void limiter.acquire(priority, NEVER).then(() => starts.push(`${name}@${clock.monotonicMs()}`));
  };

  it("starts the first call at once and spaces the others evenly", async () => {
    const limiter = createRateLimiter(8, clock);
    for (const name of ["a", "b", "c"]) ask(limiter, name);
    await clock.advance(1000);
    expect(starts).to.deep.equal(["a@0", "b@125", "c@250"]);
  });

  it("lets everything through at once when the rate is 0", async () => {
    const limiter = createRateLimiter(0, clock);
    for (const name of ["a", "b", "c"]) ask(limiter, name);
    await settled();
    expect(starts).to.deep.equal(["a@0", "b@0", "c@0"]);
  });

  it("does not make up for a pause by a burst", async () => {
    const limiter = createRateLimiter(10, clock);
    ask(limiter, "a");
    await clock.advance(5000);
    for (const name of ["b", "c", "d"]) ask(limiter, name);
    await clock.advance(5000);
    expect(starts).to.deep.equal(["a@0", "b@5000", "c@5100", "d@5200"]);
  });

  it("counts the next slot from the real start when a timer comes late", async () => {
    const late = new LateClock(70);
    const limiter = createRateLimiter(10, late);
    const startsMs: number[] = [];
    for (let call = 0; call < 4; call += 1) {
      void limiter.acquire("git", NEVER).then(() => startsMs.push(late.monotonicMs()));
    }
    await late.advance(1000);
    expect(startsMs).to.deep.equal([0, 170, 340, 510]);
  });

  it("serves apply and git before events, and events before intervals", async () => {
    const limiter = createRateLimiter(10, clock);
    ask(limiter, "first", "interval");
    await settled();
    ask(limiter, "interval", "interval");
    ask(limiter, "event", "event");
    ask(limiter, "git", "git");
    ask(limiter, "apply", "apply");
    await clock.advance(1000);
    expect(starts).to.deep.equal(["first@0", "git@100", "apply@200", "event@300", "interval@400"]);
  });

  it("gives a slot to an urgent call that came while others waited for it", async () => {
    const limiter = createRateLimiter(10, clock);
    ask(limiter, "first", "interval");
    ask(limiter, "interval", "interval");
    await clock.advance(50);
    ask(limiter, "apply", "apply");
    await clock.advance(500);
    expect(starts).to.deep.equal(["first@0", "apply@100", "interval@200"]);
  });

  it("is first come first served within a priority", async () => {
    const limiter = createRateLimiter(10, clock);
    for (const name of ["a", "b", "c", "d"]) ask(limiter, name, "event");
    await clock.advance(1000);
    expect(starts.map((start) => start[0])).to.deep.equal(["a", "b", "c", "d"]);
  });

  it("shuts nobody out under a flood of urgent calls", async () => {
    const limiter = createRateLimiter(10, clock);
    ask(limiter, "first", "interval");
    ask(limiter, "patient", "interval");
    for (let call = 0; call < 30; call += 1) ask(limiter, "urgent", "apply");
    await clock.advance(900);
    expect(starts.map((start) => start.split("@")[0])).to.include("patient");
  });

  it("forgets a call that was aborted and gives its slot to the next", async () => {
    const limiter = createRateLimiter(10, clock);
    const controller = new AbortController();
    ask(limiter, "a");
    const aborted = rejection(limiter.acquire("git", controller.signal));
    ask(limiter, "b");
    await clock.advance(50);
    controller.abort(new Error("superseded"));
    expect((await aborted).message).to.equal("superseded");
    await clock.advance(1000);
    expect(starts).to.deep.equal(["a@0", "b@100"]);
  });

  it("leaves no timer when the last waiting call is aborted, and works on afterwards", async () => {
    const limiter = createRateLimiter(10, clock);
    const controller = new AbortController();
    ask(limiter, "a");
    const aborted = rejection(limiter.acquire("git", controller.signal));
    await settled();
    expect(clock.sleeping).to.equal(1);
    controller.abort(new Error("stopping"));
    ask(limiter, "b");
    await aborted;
    await clock.advance(1000);
    expect(starts).to.deep.equal(["a@0", "b@100"]);
    expect(clock.sleeping).to.equal(0);
  });

  it("rejects a call that was aborted before it asked", async () => {
    for (const perSecond of [0, 10]) {
      const limiter = createRateLimiter(perSecond, clock);
      const error = await rejection(limiter.acquire("apply", AbortSignal.abort(new Error("gone"))));
      expect(error.message).to.equal("gone");
    }
  });
});

/** Wakes every sleeper some ms too late, as a busy event loop does. */
class LateClock extends FakeClock {
  readonly #lateMs: number;

  constructor(lateMs: number) {
    super();
    this.#lateMs = lateMs;
  }

  override sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(delayMs + this.#lateMs, signal);
  }
}
