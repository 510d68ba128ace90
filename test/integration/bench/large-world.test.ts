import { existsSync } from "node:fs";
import { expect } from "chai";
import { UNLIMITED } from "../../../bench/support/bench-world.ts";
import { createLargeWorld } from "../../../bench/support/large-world.ts";

describe("a world of the benchmarks", () => {
  before(function () {
    if (!existsSync("/proc/self/stat")) this.skip();
  });

  it("is synced by an agent as people start it, which another one replaces", async () => {
    const { world, firstSync, agent } = await createLargeWorld(3, () => undefined);
    try {
      const { livezMs, headMs, verifiedMs, cpuMs, peakMb } = firstSync;
      expect(livezMs).to.be.greaterThan(0).and.lessThan(verifiedMs);
      expect(headMs).to.be.greaterThan(0);
      expect(cpuMs).to.be.greaterThan(100);
      expect(peakMb).to.be.greaterThan(40);
      expect(agent.memory.tree.rssMb()).to.be.greaterThan(40);

      await world.startAgent(UNLIMITED);
      expect(agent.memory.tree.rssMb()).to.equal(0);
    } finally {
      await world.remove();
    }
  });
});
