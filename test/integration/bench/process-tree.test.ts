import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect } from "chai";
import { PeakWatch } from "../../../bench/support/peak-watch.ts";
import { ProcessTree } from "../../../bench/support/process-tree.ts";
import { eventually } from "../../support/eventually.ts";

/** Uses 40 MB and some processor time in a process below the one that is started. */
const BELOW = `const kept = Buffer.alloc(40e6, 1); let n = 0; for (let i = 0; i < 1e7; i++) n += i;
process.stdout.write("ready"); process.stdin.resume(); process.stdin.on("end", () => process.exit(kept.length > n ? 1 : 0));`;
const ABOVE = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(BELOW)}], { stdio: "inherit" });`;

describe("a process tree", () => {
  before(function () {
    if (!existsSync("/proc/self/stat")) this.skip();
  });

  it("is measured with all its processes, until they end", async () => {
    const child = spawn(process.execPath, ["-e", ABOVE], { stdio: ["pipe", "pipe", "inherit"] });
    const tree = new ProcessTree(child.pid ?? 0);
    const watch = new PeakWatch(tree);
    const aloneMb = tree.rssMb();
    try {
      await once(child.stdout, "data");
      await eventually("the peak is seen", () => watch.peakMb > aloneMb + 60);
      expect(tree.rssMb()).to.be.greaterThan(aloneMb + 60);
      expect(tree.pssMb()).to.be.greaterThan(40).and.lessThan(tree.rssMb());
      expect(tree.cpuMs()).to.be.greaterThan(50);
    } finally {
      child.stdin.end();
      await once(child, "close");
      watch.stop();
    }
    expect(tree.rssMb()).to.equal(0);
  });

  it("cannot be measured where its process is not there", () => {
    expect(() => new ProcessTree(0)).to.throw(/process 0 cannot be measured/);
  });
});
