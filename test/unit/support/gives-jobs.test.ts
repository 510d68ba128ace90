import { expect } from "chai";
import { givesJobs } from "../../support/gives-jobs.ts";

describe("the arguments of npm test", () => {
  for (const args of [["--jobs", "2"], ["--jobs=2"], ["-j", "2"], ["-j2"], ["-j=2"]])
    it(`say with ${args.join(" ")} how many jobs there are`, () => {
      expect(givesJobs(["--bail", ...args])).to.equal(true);
    });

  it("say nothing of jobs otherwise", () => {
    expect(givesJobs(["--bail", "--jobless", "test/unit/jobs.test.ts"])).to.equal(false);
  });
});
