import { spawnSync } from "node:child_process";
import { freemem } from "node:os";
import { fileURLToPath } from "node:url";
import { findProgram } from "./support/built-tree.ts";
import { givesJobs } from "./support/gives-jobs.ts";
import { runBeside } from "./support/run-beside.ts";

/*
 * `npm test`: the checks and the tests. Arguments are mocha's. Tests that start the program start what people start, so what was built
 * is made again where it is not what the sources say.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
if (!(await findProgram(root)).isBuilt)
  spawnSync(process.execPath, ["bin/build.js", "--if-possible"], { cwd: root, stdio: "inherit" });

/** On two processors: more than half of the time of a job is waiting. Each job more loads the same code, and makes it quick, once more. */
const MOST_JOBS = 6;
/** What one of them may take, with the processes that it starts. */
const JOB_BYTES = 1.5 * 1024 ** 3;
const jobs = Math.max(2, Math.min(MOST_JOBS, Math.floor(freemem() / JOB_BYTES)));
const given = process.argv.slice(2);

process.exitCode = await runBeside({
  checks: ["npm", "run", "check"],
  tests: [
    process.execPath,
    "node_modules/mocha/bin/mocha.js",
    ...(givesJobs(given) ? [] : ["--jobs", String(jobs)]),
    ...given,
  ],
  print: (line) => process.stdout.write(`${line}\n`),
});
