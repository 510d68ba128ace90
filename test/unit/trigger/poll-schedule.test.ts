import { expect } from "chai";
import { firstPollMs, PollSchedule } from "../../../agent/trigger/poll-schedule.ts";
import { Poller, type PollEnd } from "../../../agent/trigger/poller.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";

const unchanged: PollEnd = { kind: "unchanged", head: "a".repeat(40) };
const failed: PollEnd = { kind: "failed", reason: "Unreachable", message: "refused" };
const HOUR = 3_600_000;

interface Given {
  readonly start: string;
  readonly line: string;
  readonly timeZone?: string;
  readonly random?: number;
  readonly ends?: PollEnd[];
  /** How long the second look takes, ms. */
  readonly secondMs?: number;
}

/** A poller with a schedule, and when it polled. */
function polling({ start, line, timeZone = "UTC", random = 0, ends = [], secondMs = 0 }: Given) {
  const clock = new FakeClock(Date.parse(start));
  const at: string[] = [];
  const due: string[] = [];
  const poller = new Poller({
    name: "specs",
    intervalMs: 60_000,
    onDue: (atMs) => due.push(cut(new Date(atMs).toISOString())),
    schedule: new PollSchedule({ line, timeZone }),
    clock,
    random: () => random,
    look: async () => {
      at.push(new Date(clock.nowMs()).toISOString().slice(0, 19));
      if (secondMs > 0 && at.length === 2) await clock.sleep(secondMs);
      return ends.shift() ?? unchanged;
    },
    onError: (error) => {
      throw error;
    },
  });
  poller.start();
  return { clock, poller, at, due };
}

describe("a poller with a schedule", () => {
  it("polls at the start and then at the times of its line, and says when it polls next", async () => {
    const { clock, poller, at } = polling({ start: "2026-01-01T11:59:30Z", line: "0 12 * * *" });
    await settled();
    expect(poller.live.nextPoll).to.equal("2026-01-01T12:00:00.000Z");
    await clock.advance(25 * HOUR);
    expect(at).to.deep.equal(["2026-01-01T11:59:30", "2026-01-01T12:00:00", "2026-01-02T12:00:00"]);
    expect(poller.live.nextPoll).to.equal("2026-01-03T12:00:00.000Z");
    await poller.stop();
  });

  it("goes by local time when the clock skips an hour in spring", async () => {
    const line = "30 2 * * *";
    const { clock, poller, at } = polling({
      start: "2026-03-28T12:00:00Z",
      line,
      timeZone: "Europe/Berlin",
    });
    await clock.advance(48 * HOUR);
    // 02:30 is left out on the 29th: 03:00 is the end of the gap.
    expect(at.slice(1)).to.deep.equal(["2026-03-29T01:00:00", "2026-03-30T00:30:00"]);
    await poller.stop();
  });

  it("polls once when the clock shows an hour twice in autumn", async () => {
    const { clock, poller, at } = polling({
      start: "2026-10-24T12:00:00Z",
      line: "30 2 * * *",
      timeZone: "Europe/Berlin",
    });
    await clock.advance(48 * HOUR);
    expect(at.slice(1)).to.deep.equal(["2026-10-25T00:30:00", "2026-10-26T01:30:00"]);
    await poller.stop();
  });

  it("is late by at most a tenth of the time between, and 30 s", async () => {
    const start = "2026-01-01T00:00:30Z";
    const often = polling({ start, line: "* * * * *", random: 1 });
    const daily = polling({ start, line: "0 12 * * *", random: 1 });
    await settled();
    expect(often.poller.live.nextPoll).to.equal("2026-01-01T00:01:06.000Z");
    expect(daily.poller.live.nextPoll).to.equal("2026-01-01T12:00:30.000Z");
    await often.clock.advance(100_000);
    expect(often.at).to.deep.equal([start, "2026-01-01T00:01:06", "2026-01-01T00:02:06"].map(cut));
    await Promise.all([often.poller.stop(), daily.poller.stop()]);
  });

  it("backs off from a minute after failures, and never longer than to its next time", async () => {
    const { clock, poller, at, due } = polling({
      start: "2026-01-01T10:00:00Z",
      line: "5,30 * * * *",
      random: 0.5,
      ends: [failed, failed, failed],
    });
    await clock.advance(0.6 * HOUR);
    expect(at.slice(0, 4)).to.deep.equal(
      ["10:00:00", "10:02:00", "10:05:00", "10:10:00"].map((time) => `2026-01-01T${time}`),
    );
    expect(at.slice(4)).to.deep.equal(["2026-01-01T10:30:15"]);
    // Polls after failures are not what it waits for.
    expect([...new Set(due)]).to.deep.equal(["2026-01-01T10:30:15", "2026-01-01T11:05:15"]);
    await poller.stop();
  });

  it("polls on time after the wall clock was put back or forward", async () => {
    const { clock, poller, at } = polling({ start: "2026-01-01T10:00:30Z", line: "*/30 * * * *" });
    await settled();
    clock.jumpWall(-5 * HOUR);
    await clock.advance(0.6 * HOUR);
    expect(at.slice(1)).to.deep.equal(["2026-01-01T05:30:00"]);
    clock.jumpWall(10 * HOUR);
    await clock.advance(60_000);
    expect(at).to.have.length(3);
    await poller.stop();
  });

  it("polls for a time that passed during a look which began before it", async () => {
    const line = "0 12 * * *";
    const { clock, poller, at } = polling({
      start: "2026-01-01T11:00:00Z",
      line,
      secondMs: 0.5 * HOUR,
    });
    await clock.advance(0.75 * HOUR);
    poller.wake();
    await clock.advance(2 * HOUR);
    expect(at.slice(1)).to.deep.equal(["2026-01-01T11:45:00", "2026-01-01T12:15:00"]);
    expect(poller.live.nextPoll).to.equal("2026-01-02T12:00:00.000Z");
    await poller.stop();
  });

  it("polls when asked, and keeps its times", async () => {
    const { clock, poller, at } = polling({ start: "2026-01-01T10:00:00Z", line: "0 12 * * *" });
    await clock.advance(HOUR);
    await poller.pollNow();
    poller.wake();
    await clock.advance(1.5 * HOUR);
    expect(at.slice(1)).to.deep.equal([
      "2026-01-01T11:00:00",
      "2026-01-01T11:00:00",
      "2026-01-01T12:00:00",
    ]);
    await poller.stop();
  });
});

function cut(time: string): string {
  return time.slice(0, 19);
}

describe("firstPollMs", () => {
  it("lets the first source begin at once, and the others soon after each other", () => {
    const all = (count: number, intervalMs: number) =>
      Array.from({ length: count }, (_, at) => firstPollMs(at, { count, intervalMs }));
    expect(all(1, 10_000)).to.deep.equal([0]);
    expect(all(3, 10_000)).to.deep.equal([0, 50, 100]);
    expect(all(4, 100)).to.deep.equal([0, 2, 5, 7]);
    expect(Math.max(...all(1000, 10_000))).to.be.below(1000);
    expect(new Set(all(100, 10_000)).size).to.equal(100);
  });

  it("delays a poller's first poll, unless something asks for one", async () => {
    for (const ask of [false, true]) {
      const clock = new FakeClock();
      const at: number[] = [];
      const poller = new Poller({
        name: "specs",
        intervalMs: 10_000,
        firstMs: 500,
        clock,
        random: () => 0.5,
        look: async () => {
          at.push(clock.monotonicMs());
          return unchanged;
        },
        onError: () => undefined,
      });
      poller.start();
      await clock.advance(100);
      if (ask) await poller.pollNow();
      await clock.advance(900);
      expect(at).to.deep.equal([ask ? 100 : 500]);
      await poller.stop();
    }
  });
});
