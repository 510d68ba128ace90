import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { PROJECT } from "../../support/page.ts";

const unit = readFileSync(join(PROJECT, "deploy/systemd/room-operator.service"), "utf8");

describe("deploy/systemd/room-operator.service", function () {
  this.timeout(30_000);
  let folder: string;

  before(function () {
    if (spawnSync("systemd-analyze", ["--version"]).status !== 0) this.skip();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-unit-"));
    writeFileSync(join(folder, "room-operator.service"), unit);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("is read by systemd without a complaint", () => {
    const file = join(folder, "room-operator.service");
    const { stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    expect(stderr).to.not.match(/room-operator\.service:\d+:/);
  });

  it("leaves a program that is taken over little to do", function () {
    const file = join(folder, "room-operator.service");
    const args = ["security", "--offline=true", "--threshold=30", file];
    const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
    if (/unrecognized option/.test(stderr)) this.skip();
    expect(status, stdout.slice(-300)).to.equal(0);
  });

  it("does not start an agent without the file that its token is in", () => {
    expect(unit).to.match(/^EnvironmentFile=\/etc\/room-operator\/environment$/m);
  });

  it("lets Node compile code, and stops the launcher by signals", () => {
    expect(unit).to.not.match(/^MemoryDenyWriteExecute=(?:yes|true)/m);
    expect(unit).to.match(/^ExecStart=\/opt\/room-operator\/bin\/room-operator run /m);
    expect(unit).to.match(/^KillMode=mixed$/m);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).to.be.above(12);
  });
});
