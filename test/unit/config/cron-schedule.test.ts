import { expect } from "chai";
import { cronProblem, CronSchedule, isTimeZone } from "../../../agent/config/cron-schedule.ts";

const BERLIN = "Europe/Berlin";
const ms = (iso: string) => Date.parse(iso);
const iso = (at: number | null) => at && new Date(at).toISOString().replace(":00.000Z", "Z");

/** Its times between two moments, oldest first, found forwards; found backwards they must be the same. */
function timesOf(line: string, zone: string, [from, until]: readonly [string, string]) {
  const schedule = new CronSchedule(line, zone);
  const forwards: number[] = [];
  for (let at = schedule.nextAfter(ms(from) - 1); at !== null && at < ms(until);) {
    forwards.push(at);
    at = schedule.nextAfter(at);
  }
  const backwards: number[] = [];
  for (let at = schedule.lastAt(ms(until) - 1); at !== null && at >= ms(from);) {
    backwards.unshift(at);
    at = schedule.lastAt(at - 1);
  }
  expect(backwards).to.deep.equal(forwards);
  return forwards.map(iso);
}

describe("CronSchedule", () => {
  const cases: readonly (readonly [string, string, string, readonly [string, string], string[]])[] =
    [
      [
        "goes by local time over the year",
        "30 8 * * 1",
        BERLIN,
        ["2026-03-20T00:00:00Z", "2026-04-07T00:00:00Z"],
        ["2026-03-23T07:30Z", "2026-03-30T06:30Z", "2026-04-06T06:30Z"],
      ],
      [
        "takes the end of the gap for a local time that spring leaves out",
        "30 2 * * *",
        BERLIN,
        ["2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z"],
        ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"],
      ],
      [
        "counts a local time once that autumn shows twice",
        "30 2 * * *",
        BERLIN,
        ["2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z"],
        ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"],
      ],
      [
        "fires in both hours of autumn where no hour is named",
        "30 * * * *",
        BERLIN,
        ["2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z"],
        ["2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-10-25T02:30Z"],
      ],
      [
        "finds 29 February in leap years alone",
        "0 6 29 2 *",
        "UTC",
        ["2026-01-01T00:00:00Z", "2033-01-01T00:00:00Z"],
        ["2028-02-29T06:00Z", "2032-02-29T06:00Z"],
      ],
      [
        "finds the last day of a month",
        "0 0 L * *",
        "UTC",
        ["2026-01-15T00:00:00Z", "2026-04-01T00:00:00Z"],
        ["2026-01-31T00:00Z", "2026-02-28T00:00Z", "2026-03-31T00:00Z"],
      ],
    ];
  for (const [name, line, zone, range, want] of cases)
    it(name, () => expect(timesOf(line, zone, range)).to.deep.equal(want));

  it("counts a time from the very ms on, and the next one only after it", () => {
    const noon = new CronSchedule("0 12 * * *", "UTC");
    const at = ms("2026-05-01T12:00:00Z");
    expect([noon.lastAt(at), noon.lastAt(at + 30_500), noon.nextAfter(at - 1)]).to.deep.equal([
      at,
      at,
      at,
    ]);
    const day = 86_400_000;
    expect([noon.lastAt(at - 1), noon.nextAfter(at), noon.nextAfter(at + 1)]).to.deep.equal([
      at - day,
      at + day,
      at + day,
    ]);
  });

  it("looks beyond a century without a leap day", () => {
    const leap = new CronSchedule("0 0 29 2 *", "UTC");
    expect(iso(leap.nextAfter(ms("2096-03-01T00:00:00Z")))).to.equal("2104-02-29T00:00Z");
  });
});

describe("cronProblem", () => {
  for (const line of ["* * * * *", "*/5 0-6,22 1-15 JAN-MAR MON-FRI", "0 0 29 2 *", " 0  0 * * 7 "])
    it(`has nothing against ${line}`, () => expect(cronProblem(line)).to.equal(null));
  for (const [line, want] of [
    ["0 0 30 2 *", /^never fires/],
    ["0 0 31 4,6,9,11 *", /^never fires/],
    ["* * * * * *", /^must have five fields .* no seconds/],
    ["0 0 * *", /^must have five fields/],
    ["@daily", /^must have five fields .* no `@daily`/],
    ["", /^must have five fields/],
    ["61 * * * *", /^is not a cron line: .*minute: 61/],
    ["0 0 * * 5-1", /^is not a cron line/],
    ["0 b * * *", /^is not a cron line: field 2 \(b\)/],
    ["soon and then at once", /^is not a cron line/],
    ["0 0 0 0 0", /^is not a cron line|^never fires/],
  ] as const)
    it(`refuses ${JSON.stringify(line)}`, () => expect(cronProblem(line)).to.match(want));
});

describe("isTimeZone", () => {
  it("knows names of the database alone", () => {
    const given = ["UTC", BERLIN, "Etc/GMT+5", "Mars/Base", "+02:00", "", "Europe"];
    expect(given.filter(isTimeZone)).to.deep.equal(["UTC", BERLIN, "Etc/GMT+5"]);
  });
});
