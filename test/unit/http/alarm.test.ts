import { expect } from "chai";
import { Alarm } from "../../../agent/http/alarm.ts";
import { FakeClock } from "../../support/fake-clock.ts";

describe("Alarm", () => {
  let clock: FakeClock;
  let alarm: Alarm;
  let rung: string[];
  beforeEach(() => {
    clock = new FakeClock();
    alarm = new Alarm(clock);
    rung = [];
  });
  afterEach(() => expect(clock.sleeping, "no timer is left").to.equal(0));

  const sleeper = (name: string, inMs: number) => ({
    dueMs: clock.monotonicMs() + inMs,
    ring: () => void rung.push(name),
  });

  it("wakes each sleeper when it is due, by one timer", async () => {
    for (const [name, inMs] of [
      ["late", 300],
      ["soon", 100],
      ["next", 200],
    ] as const) {
      alarm.add(sleeper(name, inMs));
    }
    await clock.advance(0);
    expect(clock.sleeping).to.equal(1);
    await clock.advance(99);
    expect(rung).to.deep.equal([]);
    await clock.advance(1);
    expect(rung).to.deep.equal(["soon"]);
    await clock.advance(500);
    expect(rung).to.deep.equal(["soon", "next", "late"]);
  });

  it("waits on for a sleeper that became later, and wakes earlier for one that became earlier", async () => {
    const later = sleeper("later", 100);
    const earlier = sleeper("earlier", 1000);
    alarm.add(later);
    alarm.add(earlier);
    later.dueMs += 400;
    await clock.advance(100);
    expect(rung).to.deep.equal([]);
    earlier.dueMs = clock.monotonicMs() + 50;
    alarm.sooner(earlier);
    await clock.advance(50);
    expect(rung).to.deep.equal(["earlier"]);
    await clock.advance(350);
    expect(rung).to.deep.equal(["earlier", "later"]);
  });

  it("leaves no timer for sleepers that are gone, and begins again with the next", async () => {
    const gone = sleeper("gone", 100);
    alarm.add(gone);
    alarm.delete(gone);
    alarm.delete(gone);
    await clock.advance(0);
    expect(clock.sleeping).to.equal(0);
    alarm.add(sleeper("again", 100));
    await clock.advance(100);
    expect(rung).to.deep.equal(["again"]);
  });
});
