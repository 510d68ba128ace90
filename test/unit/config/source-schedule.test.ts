import { expect } from "chai";
import { accepted, refused } from "../../support/load-settings.ts";

const SOURCE = { Name: "specs", Url: "https://git.test/a.git" };
const given = (more: object) => ({ Git: { Sources: [{ ...SOURCE, ...more }] } });
const sourceOf = async (more: object) => (await accepted(given(more))).git.sources[0];

describe("Git.Sources[].Schedule", () => {
  it("takes the place of the interval, in UTC unless a time zone is named", async () => {
    expect((await sourceOf({}))?.schedule).to.equal(null);
    const utc = await sourceOf({ Schedule: "0 6 * * 1-5" });
    expect(utc?.schedule).to.deep.equal({ line: "0 6 * * 1-5", timeZone: "UTC" });
    const local = await sourceOf({ Schedule: "0 6 * * *", TimeZone: "Europe/Berlin" });
    expect(local?.schedule?.timeZone).to.equal("Europe/Berlin");
  });

  for (const [what, more, key, says] of [
    [
      "next to IntervalSeconds",
      { Schedule: "0 6 * * *", IntervalSeconds: 10 },
      "Schedule",
      /IntervalSeconds/,
    ],
    ["that never fires", { Schedule: "0 0 30 2 *" }, "Schedule", /never fires/],
    ["with seconds", { Schedule: "0 0 6 * * *" }, "Schedule", /five fields/],
    ["that is no cron line", { Schedule: "a b c d e" }, "Schedule", /not a cron line/],
    [
      "with an unknown time zone",
      { Schedule: "0 6 * * *", TimeZone: "Mars/Base" },
      "TimeZone",
      /./,
    ],
    ["left out beside a time zone", { TimeZone: "Europe/Berlin" }, "TimeZone", /without Schedule/],
  ] as const) {
    it(`refuses a line ${what}`, async () => {
      const problems = await refused(given(more));
      expect(problems.map((problem) => problem.key)).to.deep.equal([`Git.Sources[0].${key}`]);
      expect(problems[0]?.message).to.match(says);
    });
  }
});

describe("Git.Sources[].Include and Exclude", () => {
  it("read all files unless globs are set", async () => {
    expect((await sourceOf({}))?.patterns).to.deep.equal({ include: ["*"], exclude: [] });
    const patterns = { Include: ["a/*"], Exclude: ["**/b.*"] };
    expect((await sourceOf(patterns))?.patterns).to.deep.equal({
      include: ["a/*"],
      exclude: ["**/b.*"],
    });
  });

  for (const [what, more, key] of [
    ["an empty Include", { Include: [] }, "Include"],
    ["a glob that begins with /", { Include: ["/a"] }, "Include[0]"],
    ["a glob that begins with ./", { Exclude: ["x", "./a"] }, "Exclude[1]"],
    ["a glob of 600 characters", { Exclude: ["a".repeat(600)] }, "Exclude[0]"],
    ["300 globs", { Exclude: Array.from({ length: 300 }, () => "a") }, "Exclude"],
  ] as const) {
    it(`refuse ${what}`, async () => {
      const problems = await refused(given(more));
      expect(problems.map((problem) => problem.key)).to.deep.equal([`Git.Sources[0].${key}`]);
    });
  }
});
