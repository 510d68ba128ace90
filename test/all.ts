import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findProgram } from "./support/built-tree.ts";
import { runBeside } from "./support/run-beside.ts";

/*
 * `npm test`: the checks and the tests. Arguments are mocha's. Tests that start the program start what people start, so what was built
 * is made again where it is not what the sources say.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
if (!(await findProgram(root)).isBuilt)
  spawnSync(process.execPath, ["bin/build.js", "--if-possible"], { cwd: root, stdio: "inherit" });

process.exitCode = await runBeside({
  checks: ["npm", "run", "check"],
  tests: [process.execPath, "test/mocha.ts", ...process.argv.slice(2)],
  print: (line) => process.stdout.write(`${line}\n`),
});
