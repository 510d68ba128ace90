import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runAgain } from "../../support/run-again.ts";
import type { Command } from "../../support/run-beside.ts";

/** A run that leaves this tally, or none. */
function leaves(
  status: number,
  tally: Readonly<Record<string, readonly number[]>> | null,
): Command {
  const files = Object.entries(tally ?? {}).map(([file, [passed, failed, skipped]]) => [
    file,
    { passed, failed, skipped },
  ]);
  const json = JSON.stringify(JSON.stringify(Object.fromEntries(files)));
  const write = `require("node:fs").writeFileSync(process.env.ROOM_OPERATOR_TEST_TALLY, ${json});`;
  return [process.execPath, "-e", `${tally === null ? "" : write} process.exitCode = ${status};`];
}

async function run(all: Command, again: Command) {
  const lines: string[] = [];
  const asked: (readonly string[])[] = [];
  const only = (files: readonly string[]) => {
    asked.push(files);
    return again;
  };
  const status = await runAgain({ all, only, mostAgain: 2, print: (line) => lines.push(line) });
  return { status, lines, asked };
}

const NEVER = leaves(9, null);

describe("files with tests that failed", () => {
  it("are run once more, and their second end counts", async () => {
    const all = leaves(1, { "b.ts": [3, 1, 0], "a.ts": [0, 1, 0], "c.ts": [4, 0, 2] });
    const ended = await run(all, leaves(0, { "a.ts": [1, 0, 0], "b.ts": [4, 0, 0] }));
    expect(ended).to.deep.equal({
      status: 0,
      asked: [["a.ts", "b.ts"]],
      lines: [
        "run once more, alone: a.ts b.ts",
        "passed only when run alone: a.ts",
        "passed only when run alone: b.ts",
        "9 passed, 0 failed, 2 skipped",
      ],
    });
  });

  it("fail the run where one fails again", async () => {
    const all = leaves(1, { "a.ts": [0, 1, 0], "c.ts": [4, 0, 0] });
    const { status, lines } = await run(all, leaves(1, { "a.ts": [0, 1, 0] }));
    expect(status).to.equal(1);
    expect(lines.slice(1)).to.deep.equal([
      "failed also when run alone: a.ts",
      "4 passed, 1 failed, 0 skipped",
    ]);
  });

  it("are not run again where they are many, or none", async () => {
    const many = { "a.ts": [0, 1, 0], "b.ts": [0, 1, 0], "c.ts": [0, 1, 0] };
    expect(await run(leaves(3, many), NEVER)).to.deep.equal({
      status: 3,
      asked: [],
      lines: ["0 passed, 3 failed, 0 skipped"],
    });
    expect(await run(leaves(0, { "a.ts": [1, 0, 0] }), NEVER)).to.include({ status: 0 });
  });

  it("fail the run where one of the two runs ends before its end", async () => {
    expect(await run(leaves(0, null), NEVER)).to.deep.include({ status: 1, asked: [] });
    const failed = leaves(1, { "a.ts": [0, 1, 0] });
    expect(await run(failed, leaves(0, null))).to.deep.include({ status: 1 });
    expect(await run(failed, leaves(0, {}))).to.deep.include({ status: 1 });
  });

  it("are counted by the reporter, an error in a hook as a failure", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "room-operator-again-"));
    const file = path.join(folder, "one.test.cjs");
    const tests = `
      describe("one", () => { it("passes", () => {}); it("is left out"); it("fails", () => { throw new Error("x"); }); });
      describe("two", () => { before(() => { throw new Error("y"); }); it("does not begin", () => {}); });`;
    writeFileSync(file, tests);
    const name = path.relative(process.cwd(), file);
    const mocha = `"${process.execPath}" node_modules/mocha/bin/mocha.js --no-config`;
    const quiet = `${mocha} --reporter ./test/support/reporter.cjs "${file}" > "${folder}/printed"`;
    const all: Command = ["sh", "-c", quiet];
    try {
      const { lines, asked } = await run(all, leaves(0, { [name]: [3, 0, 1] }));
      expect(asked).to.deep.equal([[name]]);
      expect(lines.at(-1)).to.equal("3 passed, 0 failed, 1 skipped");
      expect((await run(all, leaves(2, { [name]: [1, 2, 1] }))).lines.at(-1)).to.equal(
        "1 passed, 2 failed, 1 skipped",
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
