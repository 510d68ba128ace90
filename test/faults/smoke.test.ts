import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ALL_CASES } from "./all-cases.ts";
import { LONGEST_RUN_MS } from "./fault-case.ts";
import { runOne, runsOf } from "./run-cases.ts";

describe("the fault matrix, in part", function () {
  this.timeout(LONGEST_RUN_MS + 10_000);
  const logs = join(tmpdir(), "room-operator-faults");

  for (const fault of ALL_CASES) {
    const [run] = runsOf([fault]);
    if (fault.smoke !== true || run === undefined) continue;
    it(`(${fault.id}) ${fault.title}: it comes through and converges`, async () => {
      const { problem } = await runOne(run, logs);
      expect(problem).to.equal(null);
    });
  }
});
