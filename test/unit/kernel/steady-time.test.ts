import { expect } from "chai";
import { SteadyTime } from "../../../agent/kernel/steady-time.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const DAY_MS = 86_400_000;
const TEN_YEARS_MS = 3652 * DAY_MS;
const START_MS = Date.UTC(2026, 0, 1);

describe("SteadyTime", () => {
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock(START_MS);
  });

  it("begins with wall time and goes on as time passes", async () => {
    const steady = new SteadyTime(clock, null);
    await clock.advance(DAY_MS);
    expect(steady.nowMs()).to.equal(START_MS + DAY_MS);
  });

  for (const jumpMs of [DAY_MS, -DAY_MS, TEN_YEARS_MS]) {
    it(`does not notice that the clock jumps by ${jumpMs / DAY_MS} days`, async () => {
      const steady = new SteadyTime(clock, null);
      clock.jumpWall(jumpMs);
      await clock.advance(1000);
      expect(steady.nowMs()).to.equal(START_MS + 1000);
      expect(steady.read()).to.deep.equal({
        steadyMs: START_MS + 1000,
        wallMs: START_MS + jumpMs + 1000,
      });
    });
  }

  const restarts: readonly { name: string; jumpMs: number; downMs: number; want: number }[] = [
    { name: "with the time it was down", jumpMs: 0, downMs: 5000, want: 5000 },
    {
      name: "as before with a clock that is still wrong",
      jumpMs: DAY_MS,
      downMs: 5000,
      want: 5000,
    },
  ];
  for (const { name, jumpMs, downMs, want } of restarts) {
    it(`goes on after a restart ${name}`, () => {
      const before = new SteadyTime(clock, null);
      clock.jumpWall(jumpMs);
      const last = before.read();
      clock.jumpWall(downMs);
      expect(new SteadyTime(clock, last).nowMs()).to.equal(START_MS + want);
    });
  }

  it("never goes back: what a wrong clock made pass has passed", () => {
    const last = new SteadyTime(clock, null).read();
    clock.jumpWall(TEN_YEARS_MS);
    const wrong = new SteadyTime(clock, last).read();
    expect(wrong.steadyMs, "nobody can tell it from ten years").to.equal(START_MS + TEN_YEARS_MS);
    clock.jumpWall(-TEN_YEARS_MS);
    expect(new SteadyTime(clock, wrong).nowMs()).to.equal(START_MS + TEN_YEARS_MS);
  });
});
