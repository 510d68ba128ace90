import { expect } from "chai";
import { Burst, debounceMs } from "../../../agent/trigger/burst.ts";
import { FakeClock } from "../../support/fake-clock.ts";

describe("a burst of events", () => {
  const cases: [number, number][] = [
    [0, 200],
    [1_700, 200],
    [1_900, 100],
    [2_000, 0],
    [9_000, 0],
  ];
  for (const [sinceMs, want] of cases) {
    it(`waits ${want} ms after an event at ${sinceMs} ms`, () => {
      expect(debounceMs(sinceMs)).to.equal(want);
    });
  }

  it("fires once when it has been quiet, and in the middle of a long one", async () => {
    const clock = new FakeClock();
    let fired = 0;
    const burst = new Burst(clock, () => (fired += 1));
    for (let at = 0; at < 10; at += 1) {
      burst.event();
      await clock.advance(100);
    }
    expect(fired).to.equal(0);
    await clock.advance(100);
    expect(fired).to.equal(1);
    for (let at = 0; at < 25; at += 1) {
      burst.event();
      await clock.advance(100);
    }
    expect(fired).to.equal(2);
    burst.stop();
    await clock.advance(1_000);
    expect(fired).to.equal(2);
  });
});
