import { expect } from "chai";
import { rejection } from "../../support/rejection.ts";
import { runBeside, type Command } from "../../support/run-beside.ts";

const says = (text: string, status: number, afterMs = 0): Command => [
  process.execPath,
  "-e",
  `setTimeout(() => { console.log(${JSON.stringify(text)}); process.exitCode = ${status}; }, ${afterMs});`,
];

async function run(checks: Command, tests: Command) {
  const lines: string[] = [];
  const status = await runBeside({ checks, tests, print: (line) => lines.push(line) });
  return { status, lines };
}

describe("checks that run next to the tests", () => {
  it("end well where both do, and leave the last line to the tests", async () => {
    const { status, lines } = await run(says("formatted", 0, 300), says("a test\n2 passed", 0));
    expect(status).to.equal(0);
    expect(lines).to.deep.equal(["a test", "formatted", "the checks passed", "2 passed"]);
  });

  it("fail the run though the tests pass, and say so before the last line", async () => {
    const { status, lines } = await run(says("a type is wrong", 3), says("2 passed", 0, 300));
    expect(status).to.equal(3);
    expect(lines).to.deep.equal([
      "a type is wrong",
      "the checks failed with 3",
      "the checks failed with 3: see above",
      "2 passed",
    ]);
  });

  it("leave a failure of the tests as it is", async () => {
    const { status, lines } = await run(says("", 0), says("1 passed, 1 failed", 1, 200));
    expect(status).to.equal(1);
    expect(lines.at(-1)).to.equal("1 passed, 1 failed");
  });

  it("fail the run where they cannot be started, and end the tests", async () => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    const tests = says("2 passed", 0, 60_000);
    const running = runBeside({ checks: ["/nowhere/npm"], tests, print });
    expect(await rejection(running))
      .to.have.property("message")
      .that.includes("ENOENT");
    expect(lines).to.deep.equal([]);
  });
});
