import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const FOLDER = fileURLToPath(new URL("../../support/memory-folder.cjs", import.meta.url));

describe("the folder of a run of tests in memory", () => {
  it("takes away what a killed run left, a disk that it had mounted too", function () {
    const { pid } = spawnSync(process.execPath, ["-e", "0"]);
    const left = `/dev/shm/room-operator-tests-${pid}`;
    const disk = join(left, "disk");
    try {
      mkdirSync(disk, { recursive: true });
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=65536", "tmpfs", disk], { stdio: "pipe" });
    } catch {
      rmSync(left, { recursive: true, force: true });
      this.skip();
    }
    const { TMPDIR: _ours, ...env } = process.env;
    execFileSync(process.execPath, ["--require", FOLDER, "-e", "0"], { env });
    expect(existsSync(left)).to.equal(false);
  });
});
