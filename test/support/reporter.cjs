"use strict";
const { writeFileSync } = require("node:fs");
const path = require("node:path");
const { reporters } = require("mocha");

const TALLY_FILE = "ROOM_OPERATOR_TEST_TALLY";

/**
 * Spec, followed by each test that was tried again with the error of its first try, and closed by the one line that machines
 * read: `N passed, N failed, N skipped`. Whoever runs it more than once gives it a file for the counts of each test file, and
 * prints that line.
 */
class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const firstErrors = new Map();
    const triedAgain = [];
    const noteAs = (outcome) => (test) => {
      const error = firstErrors.get(nameOf(test));
      if (error !== undefined) {
        triedAgain.push(`${outcome}: ${test.fullTitle()}\n${textOf(error)}\n\n`);
      }
    };
    runner.on("retry", (test, error) => firstErrors.set(nameOf(test), error));
    runner.on("pass", noteAs("passed only when tried again"));
    runner.on("fail", noteAs("failed twice, the first time with this error"));
    const tallyFile = process.env[TALLY_FILE];
    // A test that runs mocha itself inherits what is left.
    delete process.env[TALLY_FILE];
    const tally = {};
    const countAs = (outcome) => (test) => {
      const file = path.relative(process.cwd(), test.file ?? "");
      tally[file] ??= { passed: 0, failed: 0, skipped: 0 };
      tally[file][outcome] += 1;
    };
    runner.on("pass", countAs("passed"));
    runner.on("fail", countAs("failed"));
    runner.on("pending", countAs("skipped"));
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      process.stdout.write(triedAgain.join(""));
      if (tallyFile !== undefined) writeFileSync(tallyFile, JSON.stringify(tally));
      else process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
    });
  }
}

function nameOf(test) {
  return `${test.file}: ${test.fullTitle()}`;
}

/** Indented, and without mocha's own lines of the stack. */
function textOf(error) {
  const lines = (error.stack ?? error.message ?? String(error)).split("\n");
  const own = lines.filter((line) => !/^\s+at .*(\/mocha\/lib\/|node:internal)/.test(line));
  return own.map((line) => `    ${line}`).join("\n");
}

module.exports = Reporter;
