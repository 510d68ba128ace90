import { expect } from "chai";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = join(import.meta.dirname, "..", "..", "..");

const SUITE = `
describe("a suite with shared state", () => {
  let tries;
  before(() => { tries = []; });
  it("passes at once", () => { tries.push("a"); });
  it("passes the second time", async () => {
    tries.push("b");
    if (tries.length < 3) throw new Error("came too early: " + tries);
  });
  it("fails twice", () => {
    tries.push("c");
    throw new Error("is wrong: " + tries);
  });
  it.skip("is skipped", () => undefined);
  it("is not tried again for the others", () => { tries.push("d"); });
});`;

/** As the suite of this project is set up, with these files alone. */
async function run(files: readonly string[]): Promise<{ output: string; code: number | null }> {
  const config = JSON.parse(readFileSync(join(ROOT, ".mocharc.json"), "utf8")) as {
    readonly reporter: string;
    readonly retries: number;
    readonly parallel: boolean;
  };
  expect(config.parallel).to.equal(true);
  const mocha = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  const options = ["--no-config", "--parallel", "--jobs", "2", "--retries", `${config.retries}`];
  const args = [mocha, ...options, "--reporter", config.reporter, ...files];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { output: await text(child.stdout), code: await ended };
}

describe("the reporter of the tests", () => {
  const folder = mkdtempSync(join(tmpdir(), "room-operator-reporter-"));
  const files = ["one.cjs", "two.cjs"].map((name) => join(folder, name));
  let output: string;
  let code: number | null;

  before(async () => {
    for (const file of files) writeFileSync(file, SUITE);
    ({ output, code } = await run(files));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("closes with one line of how many tests passed, failed and were skipped, each counted once", () => {
    expect(output.trimEnd().split("\n").at(-1)).to.equal("6 passed, 2 failed, 2 skipped");
    expect(code).to.equal(2);
  });

  it("names each test that passed only the second time, with the error of its first try", () => {
    const line = "passed only when tried again: a suite with shared state passes the second time\n";
    const parts = output.split(line).slice(1);
    expect(parts).to.have.length(2);
    for (const part of parts)
      expect(part).to.match(/^ {4}Error: came too early: a,b\n {8}at .*cjs/);
  });

  it("gives both errors of a test that failed twice", () => {
    const line =
      "failed twice, the first time with this error: a suite with shared state fails twice\n";
    const parts = output.split(line).slice(1);
    expect(parts).to.have.length(2);
    for (const part of parts) expect(part).to.match(/^ {4}Error: is wrong: a,b,b,c\n/);
    expect(output.split("Error: is wrong: a,b,b,c,c\n")).to.have.length(3);
  });
});
