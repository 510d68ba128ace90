"use strict";
const { reporters } = require("mocha");

/** Spec, closed by the one line that machines read: `N passed, N failed, N skipped`. */
class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
    });
  }
}

module.exports = Reporter;
