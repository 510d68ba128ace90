import { expect } from "chai";
import { accepted, refused, warned } from "../../support/load-settings.ts";

const WINDOW = { Kind: "deny", Schedule: "0 22 * * *", Duration: "8h" };
const given = (...windows: readonly unknown[]) => ({
  Operator: { SyncWindows: windows },
  Git: { Sources: [{ Name: "specs", Url: "https://git.test/a.git" }] },
});

describe("Operator.SyncWindows", () => {
  it("is empty by default, and takes windows with defaults for what is left out", async () => {
    expect((await accepted({})).operator.syncWindows).to.deep.equal([]);
    const { operator } = await accepted(
      given(WINDOW, {
        ...WINDOW,
        Kind: "allow",
        Duration: "90m",
        TimeZone: "Europe/Berlin",
        Rooms: ["lab-*"],
        Sources: ["specs", "s*"],
        Description: "at night",
      }),
    );
    expect(operator.syncWindows).to.deep.equal([
      {
        kind: "deny",
        schedule: "0 22 * * *",
        durationMs: 28_800_000,
        timeZone: "UTC",
        rooms: ["*"],
        sources: ["*"],
        description: "",
      },
      {
        kind: "allow",
        schedule: "0 22 * * *",
        durationMs: 5_400_000,
        timeZone: "Europe/Berlin",
        rooms: ["lab-*"],
        sources: ["specs", "s*"],
        description: "at night",
      },
    ]);
  });

  it("takes windows from the environment", async () => {
    const { operator } = await accepted(
      {},
      {
        Operator__SyncWindows__0__Kind: "deny",
        Operator__SyncWindows__0__Schedule: "* * * * *",
        Operator__SyncWindows__0__Duration: "2m",
        Operator__SyncWindows__0__Rooms__0: "room-a",
      },
    );
    expect(operator.syncWindows[0]).to.include({ schedule: "* * * * *", durationMs: 120_000 });
  });

  for (const [name, window, key, message] of [
    ["another kind", { ...WINDOW, Kind: "Deny" }, "Kind", /"Deny", but must be `allow` or `deny`/],
    ["no schedule", { Kind: "deny", Duration: "8h" }, "Schedule", /is required/],
    ["30 February", { ...WINDOW, Schedule: "0 0 30 2 *" }, "Schedule", /never fires/],
    ["six fields", { ...WINDOW, Schedule: "0 0 22 * * *" }, "Schedule", /five fields .*no seconds/],
    ["a nickname", { ...WINDOW, Schedule: "@daily" }, "Schedule", /five fields/],
    ["minute 61", { ...WINDOW, Schedule: "61 * * * *" }, "Schedule", /is not a cron line/],
    ["no cron line", { ...WINDOW, Schedule: 7 }, "Schedule", /but must be a cron line/],
    ["zero duration", { ...WINDOW, Duration: "0h" }, "Duration", /but must be whole minutes/],
    ["negative duration", { ...WINDOW, Duration: "-8h" }, "Duration", /but must be whole minutes/],
    ["seconds", { ...WINDOW, Duration: "90s" }, "Duration", /but must be whole minutes/],
    ["over a year", { ...WINDOW, Duration: "8785h" }, "Duration", /but must be whole minutes/],
    ["no such zone", { ...WINDOW, TimeZone: "Mars/Base" }, "TimeZone", /IANA time zone/],
    ["an offset", { ...WINDOW, TimeZone: "+02:00" }, "TimeZone", /IANA time zone/],
    ["no rooms", { ...WINDOW, Rooms: [] }, "Rooms", /a list of 1 to 64 globs/],
    ["a typing error", { ...WINDOW, Sources: ["spec"] }, "Sources[0]", /did you mean "specs"\?/],
    ["an unknown key", { ...WINDOW, Cron: "* * * * *" }, "Cron", /is not a known key/],
  ] as const)
    it(`refuses ${name}, with the key's path`, async () => {
      const problems = await refused(given(WINDOW, window));
      expect(problems.map((problem) => problem.key)).to.deep.equal([
        `Operator.SyncWindows[1].${key}`,
      ]);
      expect(problems[0]?.message).to.match(message);
    });

  it("takes the persons who may override them, and refuses what is not an address", async () => {
    const persons = (...AllowedPersons: readonly unknown[]) => ({
      Operator: { SyncWindowOverride: { AllowedPersons } },
    });
    expect((await accepted({})).operator.windowOverride.allowedPersons).to.deep.equal([]);
    const { operator } = await accepted(persons("ada@example.org"));
    expect(operator.windowOverride.allowedPersons).to.deep.equal(["ada@example.org"]);
    for (const wrong of ["ada", "Ada <ada@example.org>", "*@example.org ", "a@b@c", 7, ""]) {
      const key = "Operator.SyncWindowOverride.AllowedPersons[0]";
      expect((await refused(persons(wrong))).map((problem) => problem.key)).to.deep.equal([key]);
    }
  });

  it("refuses a source where none is configured, and more than 256 windows", async () => {
    const alone = { Operator: { SyncWindows: [{ ...WINDOW, Sources: ["specs"] }] } };
    expect((await refused(alone))[0]?.message).to.match(/not a configured source; name a source/);
    const many = Array.from({ length: 257 }, () => WINDOW);
    expect((await refused(given(...many)))[0]?.key).to.equal("Operator.SyncWindows");
  });

  it("warns of globs that match no source", async () => {
    const warnings = await warned(given({ ...WINDOW, Sources: ["*", "lab-*"] }), {
      ROOM_AUTH_TOKEN: "t",
    });
    expect(warnings.map(({ key }) => key)).to.deep.equal(["Operator.SyncWindows[0].Sources[1]"]);
    expect(warnings[0]?.message).to.include("matches no configured source");
  });
});
