import { expect } from "chai";
import * as fc from "fast-check";
import type { SyncWindow } from "../../../agent/config/config.ts";
import { CronSchedule } from "../../../agent/config/cron-schedule.ts";
import { WindowTimes } from "../../../agent/room/window-times.ts";
import type { RoomOwner } from "../../../agent/room/room.ts";
import { aWindow, someWindows } from "../../support/a-window.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { cpuMs } from "../../support/cpu-time.ts";

const BERLIN = "Europe/Berlin";
const HOUR = 3_600_000;
const MINUTE = 60_000;
const owner: RoomOwner = { kind: "git", source: "specs", path: "rooms/a.room.yaml" };
const room = { roomId: "room-a", owner };
const ms = (iso: string) => Date.parse(iso);

/** `open`, or the ISO time (to the minute) at which the room is next allowed. */
function standing(windows: readonly SyncWindow[], at: string, of = room): string {
  const clock = new FakeClock(ms(at));
  const closed = someWindows(...windows).closedFor(of, clock.nowMs());
  return closed === null ? "open" : (closed.nextAllowedAt?.replace(":00.000Z", "Z") ?? "never");
}

const night = aWindow({ schedule: "0 22 * * *", durationMs: 8 * HOUR, timeZone: BERLIN });
const gap = aWindow({ schedule: "30 2 * * *", timeZone: BERLIN });
const office = aWindow({ kind: "allow", schedule: "0 8 * * 1-5", durationMs: 9 * HOUR });
const noon = aWindow();

describe("SyncWindows", () => {
  const rows: readonly (readonly [string, readonly SyncWindow[], ...[string, string][]])[] = [
    ["no window leaves a room open", [], ["2026-05-01T12:30:00Z", "open"]],
    [
      "a deny window closes from its first ms to its last",
      [noon],
      ["2026-05-01T11:59:59.999Z", "open"],
      ["2026-05-01T12:00:00Z", "2026-05-01T13:00Z"],
      ["2026-05-01T12:59:59.999Z", "2026-05-01T13:00Z"],
      ["2026-05-01T13:00:00Z", "open"],
    ],
    [
      "a deny window over midnight closes on both days",
      [night],
      ["2026-01-05T20:59:59Z", "open"],
      ["2026-01-05T21:00:00Z", "2026-01-06T05:00Z"],
      ["2026-01-06T04:59:59Z", "2026-01-06T05:00Z"],
      ["2026-01-06T05:00:00Z", "open"],
    ],
    [
      "lasts its elapsed time in the night in which clocks go forward",
      [night],
      ["2026-03-28T21:00:00Z", "2026-03-29T05:00Z"],
    ],
    [
      "lasts its elapsed time in the night in which clocks go back",
      [night],
      ["2026-10-24T20:00:00Z", "2026-10-25T04:00Z"],
    ],
    [
      "begins at the end of the gap where spring leaves its time out",
      [gap],
      ["2026-03-29T00:59:59Z", "open"],
      ["2026-03-29T01:00:00Z", "2026-03-29T02:00Z"],
    ],
    [
      "is on once where autumn shows its time twice",
      [gap],
      ["2026-10-25T00:30:00Z", "2026-10-25T01:30Z"],
      ["2026-10-25T01:29:59Z", "2026-10-25T01:30Z"],
      ["2026-10-25T01:30:00Z", "open"],
      ["2026-10-25T01:45:00Z", "open"],
    ],
    [
      "an allow window closes outside it, over a weekend",
      [office],
      ["2026-05-01T08:00:00Z", "open"],
      ["2026-05-01T16:59:59Z", "open"],
      ["2026-05-01T17:00:00Z", "2026-05-04T08:00Z"],
    ],
    [
      "deny wins over allow, and what follows it is the next time",
      [office, noon],
      ["2026-05-01T12:30:00Z", "2026-05-01T13:00Z"],
      ["2026-05-01T07:30:00Z", "2026-05-01T08:00Z"],
    ],
    [
      "a deny window up to the end of an allow window leads to the next allow window",
      [office, aWindow({ schedule: "0 16 * * 1-5", durationMs: 4 * HOUR })],
      ["2026-05-01T16:30:00Z", "2026-05-04T08:00Z"],
    ],
    [
      "any allow window that is on is enough",
      [office, aWindow({ kind: "allow" }), aWindow({ kind: "allow", schedule: "0 20 * * *" })],
      ["2026-05-02T12:30:00Z", "open"],
      ["2026-05-02T13:30:00Z", "2026-05-02T20:00Z"],
    ],
    [
      "an allow window on leap days waits for the year",
      [aWindow({ kind: "allow", schedule: "0 6 29 2 *", timeZone: BERLIN })],
      ["2026-05-01T12:30:00Z", "2028-02-29T05:00Z"],
      ["2028-02-29T05:30:00Z", "open"],
      ["2028-02-29T06:00:00Z", "2032-02-29T05:00Z"],
    ],
    [
      "an allow window that lasts longer than its period is always on",
      [aWindow({ kind: "allow", durationMs: 25 * HOUR })],
      ["2026-05-01T11:59:00Z", "open"],
      ["2026-05-01T12:30:00Z", "open"],
    ],
    [
      "a deny window that lasts longer than its period never lets a spec through",
      [aWindow({ durationMs: 25 * HOUR })],
      ["2026-05-01T12:30:00Z", "never"],
    ],
    [
      "an allow window inside a deny window never opens",
      [aWindow({ kind: "allow" }), aWindow({ schedule: "0 11 * * *", durationMs: 3 * HOUR })],
      ["2026-05-01T12:30:00Z", "never"],
      ["2026-05-01T20:00:00Z", "never"],
    ],
    [
      "back-to-back windows are one closed time",
      [aWindow({ schedule: "0 12,13 * * *" }), aWindow({ schedule: "0 14 * * *" })],
      ["2026-05-01T12:10:00Z", "2026-05-01T15:00Z"],
    ],
  ];
  for (const [name, windows, ...moments] of rows)
    it(name, () => {
      for (const [at, want] of moments) expect(standing(windows, at), at).to.equal(want);
    });

  it("find the next time behind an allow window that is always on", () => {
    const always = aWindow({ kind: "allow", durationMs: 25 * HOUR });
    const minute = aWindow({ schedule: "30 12 * * *", durationMs: MINUTE });
    expect(standing([always, minute], "2026-05-01T12:30:00Z")).to.equal("2026-05-01T12:31Z");
  });

  it("are for the rooms and sources whose globs match both", () => {
    const at = "2026-05-01T12:30:00Z";
    const of = (given: Partial<SyncWindow>, roomId = "room-a", by: RoomOwner | null = owner) =>
      standing([aWindow(given)], at, { roomId, owner: by } as typeof room) !== "open";
    expect(of({ rooms: ["room-*"] })).to.equal(true);
    expect(of({ rooms: ["lab-*", "room-b"] })).to.equal(false);
    expect(of({ sources: ["spec*"] })).to.equal(true);
    expect(of({ sources: ["other"] })).to.equal(false);
    expect(of({ rooms: ["room-a"], sources: ["other"] })).to.equal(false);
    // A posted spec belongs to no source.
    expect(of({}, "room-a", { kind: "api" })).to.equal(true);
    expect(of({ sources: ["specs", "a*"] }, "room-a", { kind: "api" })).to.equal(false);
    expect(of({}, "room-a", null)).to.equal(true);
  });

  it("an allow window closes no room that it does not match", () => {
    expect(standing([aWindow({ kind: "allow", rooms: ["lab-*"] })], "2026-05-01T20:00:00Z")).equal(
      "open",
    );
  });

  it("say which window closes, and when the spec is applied", () => {
    const windows = [office, aWindow({ description: "no changes at lunch" })];
    const messageAt = (at: string) => someWindows(...windows).closedFor(room, ms(at))?.message;
    expect(messageAt("2026-05-01T12:30:00Z")).to.include(
      'the deny window Operator.SyncWindows[1] ("no changes at lunch") is on',
    );
    expect(messageAt("2026-05-01T20:00:00Z"))
      .to.include("no allow window of the room is on (Operator.SyncWindows[0])")
      .and.include("applied by itself at 2026-05-04T08:00:00.000Z (nextAllowedAt)");
    const never = someWindows(aWindow({ durationMs: 25 * HOUR }));
    expect(never.closedFor(room, ms("2026-05-01T12:30:00Z"))?.message).to.include(
      "no time was found",
    );
  });

  it("answer by the clock they are given, back as well as forward", () => {
    const windows = someWindows(noon);
    const closedAt = (at: string) => windows.closedFor(room, ms(at)) !== null;
    expect(closedAt("2026-05-01T12:30:00Z")).to.equal(true);
    expect(closedAt("2026-05-01T13:30:00Z")).to.equal(false);
    expect(closedAt("2026-05-01T12:30:00Z")).to.equal(true);
    expect(closedAt("2026-04-30T11:00:00Z")).to.equal(false);
  });

  it("answer soon, whatever their schedules are", () => {
    const chain = { schedule: "* * * * *", durationMs: 2 * MINUTE };
    const windows = [aWindow(chain), aWindow({ ...chain, kind: "allow", schedule: "*/3 * * * *" })];
    const began = cpuMs();
    expect(standing(windows, "2026-05-01T12:30:00Z")).to.equal("never");
    expect(cpuMs() - began).to.be.below(5000);
  });
});

const DAYS = ["2026-03-28T22:00:00Z", "2026-10-24T22:00:00Z", "2028-02-28T20:00:00Z"] as const;

/** Schedules around the nights in which clocks change, and around a leap day. */
const someWindow: fc.Arbitrary<SyncWindow> = fc
  .record({
    kind: fc.constantFrom("allow", "deny"),
    schedule: fc.constantFrom(
      "30 2 * * *",
      "0 2 * * *",
      "59 1 * * *",
      "0 */3 * * *",
      "*/25 * * * *",
      "15 22 * * *",
      "0 1 29 2 *",
      "45 23 * * 6,0",
      "10 4 1 1 *",
    ),
    timeZone: fc.constantFrom("UTC", BERLIN, "America/New_York", "Australia/Lord_Howe"),
    durationMs: fc.constantFrom(1, 10, 25, 61, 180, 600, 1500).map((minutes) => minutes * MINUTE),
  })
  .map((given) => aWindow(given));

/** Every minute of a day and a half from `from`. */
function minutes(from: string): readonly number[] {
  return Array.from({ length: 36 * 60 }, (_, at) => ms(from) + at * MINUTE);
}

/** By its times alone, one by one: no look-up, no merging. */
function isOnByTimes(window: SyncWindow, from: number, until: number): (at: number) => boolean {
  const schedule = new CronSchedule(window.schedule, window.timeZone);
  const times: number[] = [];
  let at = schedule.nextAfter(from - window.durationMs - 1);
  for (; at !== null && at < until; at = schedule.nextAfter(at)) times.push(at);
  return (now) => times.some((begin) => begin <= now && now < begin + window.durationMs);
}

describe("sync window properties", function () {
  this.timeout(60_000);

  it("a window is on as its times say, and stays as it is up to the time that it names", () => {
    fc.assert(
      fc.property(someWindow, fc.constantFrom(...DAYS), (window, day) => {
        const all = minutes(day);
        const isOn = isOnByTimes(window, ms(day), (all.at(-1) ?? 0) + MINUTE);
        const times = new WindowTimes(window);
        let [span, untilMs] = [times.spanAt(ms(day)), 0];
        for (const at of all) {
          if (at >= untilMs) {
            span = times.spanAt(at);
            untilMs = span.untilMs ?? Infinity;
            expect(untilMs).to.be.above(at);
          }
          expect(span.isOn, new Date(at).toISOString()).to.equal(isOn(at));
        }
      }),
      { numRuns: 25 },
    );
  });

  it("nextAllowedAt is allowed, and no minute before it is", () => {
    fc.assert(
      fc.property(
        fc.array(someWindow, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...DAYS),
        fc.nat(600),
        (windows, day, start) => {
          const all = minutes(day);
          const last = (all.at(-1) ?? 0) + MINUTE;
          const ons = windows.map((window) => isOnByTimes(window, ms(day), last));
          const isAllowed = (at: number) => {
            const on = windows.map((window, index) => ({ ...window, isOn: ons[index]?.(at) }));
            const allows = on.filter(({ kind }) => kind === "allow");
            if (on.some(({ kind, isOn }) => kind === "deny" && isOn)) return false;
            return allows.length === 0 || allows.some(({ isOn }) => isOn);
          };
          const now = all[start] ?? ms(day);
          const closed = someWindows(...windows).closedFor(room, now);
          expect(closed === null).to.equal(isAllowed(now));
          if (closed === null) return;
          const next = closed.nextAllowedAt === null ? Infinity : ms(closed.nextAllowedAt);
          for (const at of all.filter((each) => each >= now && each < next))
            expect(isAllowed(at), new Date(at).toISOString()).to.equal(false);
          if (next < last) expect(isAllowed(next)).to.equal(true);
        },
      ),
      { numRuns: 25 },
    );
  });
});
