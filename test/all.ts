import { runBeside } from "./support/run-beside.ts";

/* `npm test`: the checks and the tests. Arguments are mocha's. */
process.exitCode = await runBeside({
  checks: ["npm", "run", "check"],
  tests: [process.execPath, "node_modules/mocha/bin/mocha.js", ...process.argv.slice(2)],
  print: (line) => process.stdout.write(`${line}\n`),
});
